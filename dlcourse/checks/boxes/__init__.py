"""Checks of the exercise on boxes and suppression, in the order of its tasks."""

from .greedy import batched_nms, nms
from .overlap import box_iou, generalized_box_iou
from .soft import soft_nms
from .windows import count_windows

__all__ = [
    "batched_nms",
    "box_iou",
    "count_windows",
    "generalized_box_iou",
    "nms",
    "soft_nms",
]
