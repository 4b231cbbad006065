"""Network: a backbone of several maps, two heads, the default boxes and the loss.

Axes:   b images, n boxes, k classes
Paper:  Liu et al. 2016, "SSD: single shot multibox detector"
Torch:  torchvision.models.detection.SSD
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.axes import Images
from dlcourse.detection.anchors import default_boxes, match_best
from dlcourse.detection.boxes import box_iou

from .detections import detect
from .heads import Maps, SSDHead
from .loss import ssd_loss

__all__ = ["SSD", "DefaultBoxes"]


@dataclass(frozen=True)
class DefaultBoxes:
    """What :func:`dlcourse.detection.anchors.default_boxes` needs beside image and maps.

    >>> DefaultBoxes(aspect_ratios=((2,), (2, 3)), scales=(0.2, 0.5, 1.0)).per_cell
    [4, 6]
    """

    aspect_ratios: Sequence[Sequence[float | int]]
    scales: Sequence[float | int]
    steps: Sequence[float | int] | None = None

    @property
    def per_cell(self) -> list[int]:
        """Boxes of a cell of each map: two squares, and two for each ratio."""
        return [2 + 2 * len(ratios) for ratios in self.aspect_ratios]


class SSD(nn.Module):
    """Detect objects by default boxes on several maps.

    In training mode ``model(images, targets)`` gives the losses "classification" and
    "bbox_regression"; in evaluation mode ``model(images)`` gives a list of detections.

    Args:
        backbone: answers with a sequence of maps, fine to coarse.
        in_channels: channels of each map.
        num_classes: without the background, which is added inside.
        boxes: scales and ratios of each map.
        iou_thresh: IoU from which on a box stands for an object.
        ratio: negatives for each positive; the paper's is 3.
        score_thresh: as in :func:`detect`, and so are the next three.
        nms_thresh: see there.
        detections_per_img: see there.
        topk_candidates: see there.

    >>> import torch
    >>> layer = nn.Conv2d(3, 8, 3, stride=8)
    >>> boxes = DefaultBoxes(aspect_ratios=((2,),), scales=(0.3, 0.6))
    >>> model = SSD(lambda x: (layer(x),), [8], num_classes=5, boxes=boxes).eval()
    >>> sorted(model(torch.zeros(1, 3, 32, 32))[0])
    ['boxes', 'labels', 'scores']
    """

    def __init__(
        self,
        backbone: Callable[[Images], Sequence[Tensor]],
        in_channels: Sequence[int],
        num_classes: int,
        *,
        boxes: DefaultBoxes,
        iou_thresh: float = 0.5,
        ratio: float | int = 3,
        score_thresh: float = 0.01,
        nms_thresh: float = 0.45,
        detections_per_img: int = 200,
        topk_candidates: int = 400,
    ) -> None:
        super().__init__()
        self.backbone = backbone
        self.boxes = boxes
        self.head = SSDHead(in_channels, boxes.per_cell, 1 + num_classes)
        self.iou_thresh, self.ratio = iou_thresh, ratio
        self.limits = {
            "score_thresh": score_thresh,
            "nms_thresh": nms_thresh,
            "detections_per_img": detections_per_img,
            "topk_candidates": topk_candidates,
        }

    def forward(
        self, images: Images, targets: Sequence[dict[str, Tensor]] | None = None
    ) -> dict[str, Tensor] | list[dict[str, Tensor]]:
        """Give losses or detections.

        Raises:
            ValueError: if targets are missing in training mode, or not one for each image.
        """
        if self.training and (targets is None or len(targets) != len(images)):
            count = "no" if targets is None else len(targets)
            raise ValueError(
                f"{len(images)} images and {count} targets; training needs one for each"
            )
        maps = self.backbone(images)
        logits, codes = self.head(maps)
        boxes = self.default_boxes(images, maps)
        if self.training:
            matched = [
                match_best(box_iou(target["boxes"], boxes), self.iou_thresh)
                for target in targets
            ]
            return ssd_loss(logits, codes, boxes, matched, targets, self.ratio)
        size = tuple(images.shape[-2:])
        return [
            detect(one, moved, boxes, size, **self.limits)
            for one, moved in zip(logits, codes, strict=True)
        ]

    def default_boxes(self, images: Images, maps: Maps) -> Float[Tensor, "n 4"]:
        """Lay the boxes over images of this size."""
        found = default_boxes(
            tuple(images.shape[-2:]),
            [tuple(x.shape[-2:]) for x in maps],
            self.boxes.aspect_ratios,
            self.boxes.scales,
            self.boxes.steps,
        )
        return found.to(images)
