"""Soft: lower the score of a box that lies on a better one, in place of throwing it away.

Two objects that overlap have two good boxes that overlap, and no threshold tells them from two
boxes of one object. A lowered score leaves the second one in the list, below those that nothing
speaks against.

Axes:   n boxes, m those that are kept
Paper:  Bodla, Singh, Chellappa & Davis 2017, "Soft-NMS: improving object detection with one line of
        code"
Torch:  none
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcourse.detection.boxes import box_iou

from .refusals import refuse_detections, refuse_threshold

__all__ = ["METHODS", "soft_nms"]

METHODS = ("hard", "linear", "gaussian")


def _factor(iou: Tensor, method: str, iou_threshold: float, sigma: float) -> Tensor:
    """Say by how much a box with this IoU lowers the score of another."""
    if method == "gaussian":
        return (-iou.square() / sigma).exp()
    over = iou > iou_threshold
    return torch.where(over, 1 - iou if method == "linear" else 0.0, 1.0)


def _refuse(method: str, sigma: float) -> None:
    if method not in METHODS:
        raise ValueError(f"method {method!r} is none of {', '.join(METHODS)}")
    if not sigma > 0:
        raise ValueError(f"sigma ({sigma}) must be above 0")


@torch.no_grad()
def soft_nms(
    boxes: Float[Tensor, "n 4"],
    scores: Float[Tensor, "n"],
    method: str = "gaussian",
    iou_threshold: float = 0.3,
    sigma: float = 0.5,
    score_threshold: float = 0.001,
) -> tuple[Int[Tensor, "m"], Float[Tensor, "m"]]:
    """Take the box with the best score, lower the scores of those it overlaps, and repeat.

    The factor is ``exp(-iou^2 / sigma)`` (gaussian); or 1 up to the threshold, and beyond it
    ``1 - iou`` (linear) or 0 (hard, which is ``nms``). The factors of all pairs are worked out
    first, n by n of them, so that a round is one multiplication.

    Args:
        boxes: corners ``x1, y1, x2, y2`` in pixels.
        scores: how sure the detector is of each, not below 0.
        method: ``gaussian``, ``linear`` or ``hard``.
        iou_threshold: the IoU that costs nothing; the Gaussian has none.
        sigma: width of the Gaussian, in squared IoU.
        score_threshold: boxes whose score falls below it are thrown away after all.

    Returns:
        The indices of the boxes that are kept, in the order in which they were taken, and their
        lowered scores, which fall.

    Raises:
        TypeError: if the boxes are not a floating point tensor.
        ValueError: if a box has its corners in the wrong order, the counts differ, a score is NaN,
            the method is unknown, or the threshold or sigma is out of range.

    >>> boxes = torch.tensor([[0.0, 0, 4, 2], [1, 0, 5, 2], [9, 9, 10, 10]])
    >>> scores = torch.tensor([0.9, 0.8, 0.4])
    >>> soft_nms(boxes, scores, "linear")  # the second overlaps the first by 0.6
    (tensor([0, 2, 1]), tensor([0.9000, 0.4000, 0.3200]))
    """
    refuse_detections(boxes, scores)
    refuse_threshold(iou_threshold)
    _refuse(method, sigma)
    # Two boxes without area have no IoU; like nms, they leave each other alone.
    iou = box_iou(boxes, boxes).nan_to_num(0.0)
    factors = _factor(iou, method, iou_threshold, sigma).to(scores.dtype)
    left, kept, lowered = scores.clone(), [], []
    for _ in range(len(scores)):
        score, best = left.max(dim=0)
        if score < score_threshold:
            break
        kept.append(best)
        lowered.append(score)
        left *= factors[best]
        # Out of the way for good: minus infinity times zero would be NaN.
        left[best], factors[:, best] = -torch.inf, 1.0
    if not kept:
        return scores.new_empty(0, dtype=torch.long), scores.new_empty(0)
    return torch.stack(kept), torch.stack(lowered)
