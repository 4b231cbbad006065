"""Heads: what Fast R-CNN does with each region, all of it trained at once.

Three trainings of R-CNN become one network. From a region's pooled cells two fully connected layers
make a vector, and from it two layers answer: how likely is each class, the background among them,
and how should the box move if it were of that class. One loss adds both, so the features learn what
both need.

Axes:   n regions, c channels, k classes with the background, which is class 0 in here
Paper:  Girshick 2015, "Fast R-CNN"
Torch:  RoIHeads, fastrcnn_loss, TwoMLPHead and FastRCNNPredictor of torchvision.models.detection
"""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float, Int
from torch import Generator, Tensor, nn
from torch.nn.functional import cross_entropy, relu, smooth_l1_loss

from dlcourse.axes import Images
from dlcourse.detection.anchors import decode_boxes, encode_boxes
from dlcourse.detection.roi import roi_pool

from .detections import detections
from .sampling import assign, balanced_sample

__all__ = ["FastRCNNPredictor", "RoIHeads", "TwoMLPHead", "fastrcnn_loss"]

WEIGHTS = (10.0, 10.0, 5.0, 5.0)
"""What box codes are multiplied by, to bring them to a spread of about 1."""


def fastrcnn_loss(
    class_logits: Float[Tensor, "n k"],
    box_regression: Float[Tensor, "n k4"],
    labels: Sequence[Int[Tensor, "_"]],
    regression_targets: Sequence[Float[Tensor, "_ 4"]],
    beta: float = 1 / 9,
) -> tuple[Float[Tensor, ""], Float[Tensor, ""]]:
    """Add up what is wrong with classes, and with the boxes of regions that hold an object.

    ``L(p, u, t, v) = -log p_u + [u >= 1] sum smooth_L1(t_u - v)``, each a mean over all ``n``
    regions. Smooth L1 is ``x^2 / (2 beta)`` up to ``beta`` and ``|x| - beta / 2`` beyond.

    Args:
        class_logits: before the softmax.
        box_regression: four numbers for each class.
        labels: of each image's regions, 0 for background.
        regression_targets: codes of their true boxes.
        beta: where the square ends. The paper has 1, its successor and torchvision 1/9.

    >>> right = torch.tensor([[0.0, 50.0]]), torch.tensor([[0.0, 0, 0, 0, 1, 2, 3, 4]])
    >>> off = [torch.tensor([[1.0, 2.0, 3.0, 6.0]])]
    >>> classes, boxes = fastrcnn_loss(*right, [torch.tensor([1])], off, beta=1.0)
    >>> round(classes.item(), 4), boxes.item()
    (0.0, 1.5)
    """
    wanted = torch.cat(list(labels))
    codes = torch.cat(list(regression_targets))
    objects = (wanted > 0).nonzero()[:, 0]
    moves = box_regression.view(len(wanted), -1, 4)[objects, wanted[objects]]
    missed = smooth_l1_loss(moves, codes[objects], beta=beta, reduction="sum")
    return cross_entropy(class_logits, wanted), missed / len(wanted)


class TwoMLPHead(nn.Module):
    """Two fully connected layers with ReLU, on flattened cells.

    Args:
        in_channels: channels times cells.
        representation_size: features that leave.
    """

    def __init__(self, in_channels: int, representation_size: int) -> None:
        super().__init__()
        self.fc6 = nn.Linear(in_channels, representation_size)
        self.fc7 = nn.Linear(representation_size, representation_size)

    def forward(self, x: Float[Tensor, "n c s s"]) -> Float[Tensor, "n d"]:
        """Describe each region."""
        return relu(self.fc7(relu(self.fc6(x.flatten(1)))))


class FastRCNNPredictor(nn.Module):
    """Two layers side by side: logits of the classes, and a move for each.

    Args:
        in_channels: features that enter.
        num_classes: k, with the background.
    """

    def __init__(self, in_channels: int, num_classes: int) -> None:
        super().__init__()
        self.cls_score = nn.Linear(in_channels, num_classes)
        self.bbox_pred = nn.Linear(in_channels, num_classes * 4)

    def forward(
        self, x: Float[Tensor, "n d"]
    ) -> tuple[Float[Tensor, "n k"], Float[Tensor, "n k4"]]:
        """Score and move each region."""
        return self.cls_score(x), self.bbox_pred(x)


class RoIHeads(nn.Module):
    """Classify and move proposals; its tensors have torchvision's names.

    Args:
        box_head: from pooled cells to features.
        box_predictor: from features to logits and moves.
        output_size: cells along each side that a region is pooled to.
        spatial_scale: cells of the map per pixel.
        pool: takes a map, boxes, output size and scale.
        fg_iou_thresh: IoU from which on a proposal is an object.
        bg_iou_thresh: IoU below which it is background.
        batch_size_per_image: proposals of an image that a step learns from.
        positive_fraction: largest share of objects among them.
        beta: of smooth L1.
        score_thresh: what a detection must exceed.
        nms_thresh: IoU above which the lower of two boxes of a class goes.
        detections_per_img: at most so many for an image.
    """

    def __init__(
        self,
        box_head: nn.Module,
        box_predictor: nn.Module,
        *,
        output_size: int = 7,
        spatial_scale: float = 1 / 16,
        pool: Callable[..., Tensor] = roi_pool,
        fg_iou_thresh: float = 0.5,
        bg_iou_thresh: float = 0.5,
        batch_size_per_image: int = 64,
        positive_fraction: float = 0.25,
        beta: float = 1 / 9,
        score_thresh: float = 0.05,
        nms_thresh: float = 0.5,
        detections_per_img: int = 100,
    ) -> None:
        super().__init__()
        self.box_head, self.box_predictor = box_head, box_predictor
        self.pool, self.output_size = pool, output_size
        self.spatial_scale, self.beta = spatial_scale, beta
        self.thresholds = fg_iou_thresh, bg_iou_thresh
        self.sample = batch_size_per_image, positive_fraction
        self.limits = {
            "score_thresh": score_thresh,
            "nms_thresh": nms_thresh,
            "detections_per_img": detections_per_img,
        }

    def answer(
        self, features: Images, proposals: Sequence[Float[Tensor, "_ 4"]]
    ) -> tuple[Float[Tensor, "n k"], Float[Tensor, "n k4"]]:
        """Score and move the proposals of all images, one after the other."""
        pooled = self.pool(
            features, list(proposals), self.output_size, self.spatial_scale
        )
        return self.box_predictor(self.box_head(pooled))

    def losses(
        self,
        features: Images,
        proposals: Sequence[Float[Tensor, "_ 4"]],
        targets: Sequence[dict[str, Tensor]],
        generator: Generator | None = None,
    ) -> dict[str, Tensor]:
        """Draw proposals of each image, the true boxes among them, and take the loss on those."""
        chosen, labels, codes = [], [], []
        for boxes, target in zip(proposals, targets, strict=True):
            truths = target["boxes"]
            boxes = torch.cat((boxes, truths))
            known, own = assign(boxes, truths, target["labels"] + 1, *self.thresholds)
            drawn = torch.cat(balanced_sample(known, *self.sample, generator))
            boxes, own, known = boxes[drawn], own[drawn], known[drawn]
            codes.append(_codes(own, boxes, known > 0))
            chosen.append(boxes)
            labels.append(known)
        answers = self.answer(features, chosen)
        classifier, box_reg = fastrcnn_loss(*answers, labels, codes, self.beta)
        return {"loss_classifier": classifier, "loss_box_reg": box_reg}

    @torch.no_grad()
    def detect(
        self,
        features: Images,
        proposals: Sequence[Float[Tensor, "_ 4"]],
        size: tuple[int, int],
    ) -> list[dict[str, Tensor]]:
        """Turn the answers into each image's detections; labels are 0 and up again."""
        logits, moves = self.answer(features, proposals)
        counts = [len(boxes) for boxes in proposals]
        moves = moves.view(len(moves), -1, 4)[:, 1:]
        starts = torch.cat(list(proposals))[:, None].expand_as(moves)
        boxes = decode_boxes(moves, starts, WEIGHTS).split(counts)
        scores = logits.softmax(dim=1)[:, 1:].split(counts)
        pairs = zip(boxes, scores, strict=True)
        return [detections(*pair, size, **self.limits) for pair in pairs]


def _codes(
    own: Float[Tensor, "n 4"], boxes: Float[Tensor, "n 4"], objects: Tensor
) -> Float[Tensor, "n 4"]:
    """Write the true boxes relative to their proposals; background has none."""
    codes = torch.zeros_like(boxes)
    codes[objects] = encode_boxes(own[objects], boxes[objects], WEIGHTS)
    return codes
