"""Greedy: the same boxes as the rule keeps, a block of them at a time.

The rule asks one box after the other, which is slow for what works on whole tables. But only boxes
before it decide about a box. So the next few hundred are settled among themselves, in a few rounds
on one small table; then all their survivors suppress the rest at once. Of n boxes with k survivors,
about k n pairs are ever compared, and never a table of n by n.

Axes:   n m boxes
Paper:  Felzenszwalb, Girshick, McAllester & Ramanan 2010, "Object detection with discriminatively
        trained part-based models"
Torch:  torchvision.ops.nms
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from dlcourse.detection.boxes.overlap import TILE, ratio, rows

from .refusals import refuse_detections, refuse_threshold

__all__ = ["nms", "suppress"]

BLOCK = 256
"""Boxes that are settled among themselves: their table has the size of one tile."""


def _at_most(threshold: float, dtype: torch.dtype) -> float:
    """Round a threshold down to a number that the IoUs can have.

    A tensor is compared in its own precision, where 0.6 becomes a number above 0.6, and a ratio of
    3 to 5 the same number. As fractions they are equal; as written the ratio is larger.
    """
    nearest = torch.tensor(threshold, dtype=dtype)
    if nearest.item() > threshold:
        nearest = torch.nextafter(nearest, nearest.new_tensor(-torch.inf))
    return nearest.item()


def _settle(head: Float[Tensor, "4 n"], threshold: float) -> Bool[Tensor, "n"]:
    """Find which of a few boxes, the best first, are kept.

    A box is kept if no kept box before it lies over it. Begin with all of them kept and ask again
    until the answer stands: after r rounds, the first r + 1 boxes at least are right.
    """
    over = ratio(head, head).gt_(threshold).triu_(diagonal=1)  # ones and zeros
    kept = over.new_ones(len(over))
    while True:
        again = (kept @ over == 0).to(kept.dtype)
        if torch.equal(again, kept):
            return kept.bool()
        kept = again


def _left(
    winners: Float[Tensor, "4 n"], rest: Float[Tensor, "4 m"], threshold: float
) -> Bool[Tensor, "m"]:
    """Mark the boxes that no winner suppresses, some columns of the table at a time.

    What counts is the largest IoU in a column: one comparison a box, not one a pair. A column that
    has NaN in it, of two boxes without area, has no IoU above zero.
    """
    step = max(1, 2 * TILE // winners.shape[1])  # each costs two dozen calls
    largest = [ratio(winners, part).amax(dim=0) for part in rest.split(step, dim=1)]
    return ~(torch.cat(largest) > threshold)


def suppress(boxes: Tensor, scores: Tensor, iou_threshold: float) -> Int[Tensor, "m"]:
    """Do what ``nms`` does, with arguments that are known to be sound."""
    order = scores.argsort(descending=True, stable=True)
    table = rows(boxes[order])  # 4 n, the best first
    threshold = _at_most(iou_threshold, table.dtype)
    kept = [order[:0]]
    while len(order):
        head, rest = table[:, :BLOCK], table[:, BLOCK:]
        winner = _settle(head, threshold)
        kept.append(order[:BLOCK][winner])
        order = order[BLOCK:]
        if len(order):
            left = _left(head[:, winner], rest, threshold)
            order, table = order[left], rest[:, left]
    return torch.cat(kept)


@torch.no_grad()
def nms(
    boxes: Float[Tensor, "n 4"], scores: Float[Tensor, "n"], iou_threshold: float
) -> Int[Tensor, "m"]:
    """Keep a box unless a kept box with a higher score overlaps it by more than the threshold.

    Of boxes with equal scores, the earlier counts as the better.

    Args:
        boxes: corners ``x1, y1, x2, y2`` in pixels.
        scores: how sure the detector is of each.
        iou_threshold: the largest IoU that two kept boxes may have.

    Returns:
        The indices of the boxes that are kept, the best first.

    Raises:
        TypeError: if the boxes are not a floating point tensor.
        ValueError: if a box has its corners in the wrong order, the counts differ, a score is NaN,
            or the threshold does not lie between 0 and 1.

    >>> boxes = torch.tensor([[0.0, 0, 4, 2], [1, 0, 5, 2], [2, 0, 6, 2]])
    >>> nms(boxes, torch.tensor([0.9, 0.8, 0.7]), iou_threshold=0.5).tolist()
    [0, 2]
    """
    refuse_detections(boxes, scores)
    refuse_threshold(iou_threshold)
    return suppress(boxes, scores, iou_threshold)
