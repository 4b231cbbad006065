"""Network: a backbone with a pyramid, two heads on every level, the focal loss.

One stage: every anchor is classified at once. What two-stage detectors reach by proposing a few
hundred boxes first, this one leaves to its loss.

Axes:   b images, h w pixels, n anchors, k classes
Paper:  Lin, Goyal, Girshick, He & Dollár 2017, "Focal loss for dense object detection"
Torch:  torchvision.models.detection.RetinaNet
"""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn

from dlcourse.axes import Images

from .boxes import match_anchors, regression_loss
from .detections import detect
from .focal import classification_loss
from .heads import RetinaNetHead
from .levels import STRIDES, anchors_of_levels, bases_of_levels

__all__ = ["PyramidBackbone", "RetinaNet"]


class PyramidBackbone(nn.Module):
    """Put a pyramid on the maps of a network.

    Args:
        body: gives a tuple of maps, the finest first.
        fpn: the pyramid over them.
        out_channels: channels of its levels.

    >>> from dlcourse.detection.retinanet import FeaturePyramidNetwork
    >>> body = lambda x: (x, x[..., ::2, ::2])
    >>> maps = PyramidBackbone(body, FeaturePyramidNetwork([3, 3], 4), 4)(torch.zeros(1, 3, 8, 8))
    >>> list(maps)
    ['0', '1']
    """

    def __init__(
        self,
        body: Callable[[Tensor], Sequence[Tensor]],
        fpn: nn.Module,
        out_channels: int,
    ) -> None:
        super().__init__()
        self.body, self.fpn, self.out_channels = body, fpn, out_channels

    def forward(self, x: Images) -> dict[str, Tensor]:
        """Compute the levels of the pyramid."""
        return self.fpn({str(i): c for i, c in enumerate(self.body(x))})


class RetinaNet(nn.Module):
    """Detect objects of ``num_classes`` classes; labels are 0 to k - 1, without background.

    In training, ``model(images, targets)`` gives the losses "classification" and
    "bbox_regression"; in evaluation ``model(images)`` gives, for each image, boxes, labels and
    scores, the best first.

    Args:
        backbone: gives the levels by name, the finest first, each of ``out_channels`` channels.
        num_classes: k.
        bases: anchors of a cell around 0, for each level; left out, those of the paper.
        strides: of each level, in pixels.
        offset: where in its cell an anchor has its centre.
        head: makes the two heads for channels, anchors of a cell, and classes.
        alpha: of the focal loss.
        gamma: of the focal loss.
        fg_iou_thresh: from this IoU on, an anchor answers for an object.
        bg_iou_thresh: below this IoU it is background.
        score_thresh: what a detection must exceed.
        nms_thresh: IoU above which, of two boxes of one class, the better one stays.
        detections_per_img: at most so many for an image.
        topk_candidates: at most so many of a level are looked at.

    Raises:
        ValueError: if it is trained without targets, or with a box of no height or width.
    """

    def __init__(
        self,
        backbone: nn.Module,
        num_classes: int,
        *,
        bases: Sequence[Tensor] | None = None,
        strides: Sequence[int] = STRIDES,
        offset: float = 0.5,
        head: Callable[[int, int, int], nn.Module] = RetinaNetHead,
        alpha: float = 0.25,
        gamma: float = 2.0,
        fg_iou_thresh: float = 0.5,
        bg_iou_thresh: float = 0.4,
        score_thresh: float = 0.05,
        nms_thresh: float = 0.5,
        detections_per_img: int = 300,
        topk_candidates: int = 1000,
    ) -> None:
        super().__init__()
        self.backbone = backbone
        self.bases = bases_of_levels() if bases is None else list(bases)
        self.strides, self.offset = tuple(strides), offset
        self.head = head(backbone.out_channels, len(self.bases[0]), num_classes)
        self.focal = {"alpha": alpha, "gamma": gamma}
        self.thresholds = fg_iou_thresh, bg_iou_thresh
        self.limits = {
            "score_thresh": score_thresh,
            "nms_thresh": nms_thresh,
            "detections_per_img": detections_per_img,
            "topk_candidates": topk_candidates,
        }

    def forward(
        self, images: Images, targets: Sequence[dict[str, Tensor]] | None = None
    ) -> dict[str, Tensor] | list[dict[str, Tensor]]:
        """Give the losses in training, the detections in evaluation."""
        if self.training:
            _refuse(images, targets)
        logits, codes, anchors = self.answer(images)
        if self.training:
            return self.losses(logits, codes, anchors, targets)
        size = images.shape[-2], images.shape[-1]
        return [
            detect(
                [level[i] for level in logits],
                [level[i] for level in codes],
                anchors,
                size,
                **self.limits,
            )
            for i in range(len(images))
        ]

    def answer(self, images: Images) -> tuple[list[Tensor], list[Tensor], list[Tensor]]:
        """Compute logits ``b n k``, codes ``b n 4`` and anchors ``n 4`` of each level."""
        levels = list(self.backbone(images).values())
        logits, codes = zip(*map(self.head, levels), strict=True)
        sizes = [(level.shape[-2], level.shape[-1]) for level in levels]
        bases = [base.to(images) for base in self.bases]
        anchors = anchors_of_levels(sizes, self.strides, bases, self.offset)
        return list(logits), list(codes), anchors

    def losses(
        self,
        logits: Sequence[Tensor],
        codes: Sequence[Tensor],
        anchors: Sequence[Tensor],
        targets: Sequence[dict[str, Tensor]],
    ) -> dict[str, Tensor]:
        """Take the mean over images of each loss, all levels together."""
        scores, moves = torch.cat(logits, dim=1), torch.cat(codes, dim=1)
        places = torch.cat(list(anchors))
        classes, boxes = [], []
        for i, target in enumerate(targets):
            matched = match_anchors(target["boxes"], places, *self.thresholds)
            classes.append(
                classification_loss(scores[i], matched, target["labels"], **self.focal)
            )
            boxes.append(regression_loss(moves[i], places, matched, target["boxes"]))
        return {
            "classification": torch.stack(classes).mean(),
            "bbox_regression": torch.stack(boxes).mean(),
        }


def _refuse(images: Images, targets: Sequence[dict[str, Tensor]] | None) -> None:
    """Refuse to learn from nothing, or from boxes without an inside."""
    if targets is None or len(targets) != len(images):
        told = "none" if targets is None else len(targets)
        raise ValueError(
            f"training needs one target an image: {len(images)} images, {told} targets"
        )
    for i, target in enumerate(targets):
        boxes = target["boxes"]
        flat = (boxes[:, 2:] <= boxes[:, :2]).any(dim=1)
        if flat.any():
            raise ValueError(
                f"box {boxes[flat][0].tolist()} of target {i} has no height or width"
            )
