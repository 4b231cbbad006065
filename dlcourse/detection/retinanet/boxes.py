"""Boxes: which anchor answers for which object, and by how much it misses.

An anchor answers for an object from an IoU of 0.5 on; below 0.4 it is background; between the two
it is left out. The box loss is counted for anchors that answer for an object.

Axes:   n anchors, m objects
Paper:  Lin, Goyal, Girshick, He & Dollár 2017, "Focal loss for dense object detection", section 4
Torch:  compute_loss of torchvision.models.detection.retinanet
"""

from jaxtyping import Float, Int
from torch import Tensor

from dlcourse.detection.anchors import encode_boxes, match
from dlcourse.detection.boxes import box_iou

__all__ = ["match_anchors", "regression_loss"]


def match_anchors(
    boxes: Float[Tensor, "m 4"],
    anchors: Float[Tensor, "n 4"],
    foreground: float = 0.5,
    background: float = 0.4,
    allow_low_quality: bool = True,
) -> Int[Tensor, "n"]:
    """Say for each anchor which object it answers for; -1: background; -2: left out.

    Args:
        boxes: of the objects; there may be none.
        anchors: of all levels.
        foreground: IoU from which on an anchor answers for an object.
        background: IoU below which it is background.
        allow_low_quality: whether the best anchors of each object answer for it whatever their
            IoU; torchvision says yes, the paper does not.

    >>> anchors = torch.tensor([[0.0, 0, 8, 8], [0, 0, 8, 3.5], [8, 8, 16, 16]])
    >>> match_anchors(torch.tensor([[0.0, 0, 8, 8]]), anchors).tolist()  # IoU 1, 0.44, 0
    [0, -2, -1]
    """
    if len(boxes) == 0:
        return anchors.new_full((len(anchors),), -1, dtype=int)
    return match(box_iou(boxes, anchors), foreground, background, allow_low_quality)


def regression_loss(
    codes: Float[Tensor, "n 4"],
    anchors: Float[Tensor, "n 4"],
    matched: Int[Tensor, "n"],
    boxes: Float[Tensor, "m 4"],
) -> Float[Tensor, ""]:
    """Add ``|code - right code|`` over the anchors with an object; divide by their number.

    torchvision takes this loss, which is 4 times larger than a mean over the four numbers; the
    paper takes the smooth one, which is quadratic close to 0.

    >>> anchor = torch.tensor([[0.0, 0, 8, 8]])
    >>> zeros, first = torch.zeros(1, 4), torch.tensor([0])
    >>> regression_loss(zeros, anchor, first, torch.tensor([[2.0, 0, 10, 8]])).item()  # 2 / 8
    0.25
    """
    positive = matched >= 0
    right = encode_boxes(boxes[matched[positive]], anchors[positive])
    return (codes[positive] - right).abs().sum() / max(1, int(positive.sum()))
