"""Refusals: scores that do not belong to the boxes, and thresholds that mean nothing.

Torch:  accepts thresholds outside [0, 1] and scores that are NaN, which it sorts first
"""

from torch import Tensor

from dlcourse.detection.boxes import refuse_boxes

__all__ = ["refuse_detections", "refuse_threshold"]


def refuse_detections(
    boxes: Tensor, scores: Tensor, idxs: Tensor | None = None
) -> None:
    """Refuse boxes, scores and classes that are not one of each for every detection."""
    refuse_boxes(boxes)
    for name, each in (("scores", scores), ("idxs", idxs)):
        if each is not None and each.shape != boxes.shape[:1]:
            raise ValueError(
                f"{name} has shape {tuple(each.shape)}; the boxes {tuple(boxes.shape)} need one "
                "number each"
            )
    if scores.isnan().any():
        place = int(scores.isnan().nonzero()[0])
        raise ValueError(f"scores[{place}] is nan; scores must have an order")


def refuse_threshold(iou_threshold: float) -> None:
    """Refuse a threshold that no IoU, or every one, would pass."""
    if not 0 <= iou_threshold <= 1:
        raise ValueError(
            f"iou_threshold ({iou_threshold}) must lie between 0 and 1, as every IoU does"
        )
