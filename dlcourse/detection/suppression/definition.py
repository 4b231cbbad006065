"""Definition: non-maximum suppression, box by box.

The order matters: a box that has been suppressed suppresses no other.

Axes:   n boxes, m those that are kept
Paper:  Felzenszwalb, Girshick, McAllester & Ramanan 2010, "Object detection with discriminatively
        trained part-based models"
Torch:  torchvision.ops.nms
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcourse.detection.boxes import box_iou

__all__ = ["nms_by_rule"]


def nms_by_rule(
    boxes: Float[Tensor, "n 4"], scores: Float[Tensor, "n"], iou_threshold: float
) -> Int[Tensor, "m"]:
    """Take the best box, drop all that overlap it by more than the threshold, and repeat.

    Returns:
        The indices of the boxes that are kept, the best first.

    >>> boxes = torch.tensor([[0.0, 0, 4, 2], [1, 0, 5, 2], [2, 0, 6, 2]])
    >>> nms_by_rule(boxes, torch.tensor([0.9, 0.8, 0.7]), iou_threshold=0.5).tolist()
    [0, 2]
    """
    left = scores.argsort(descending=True, stable=True)
    kept = []
    while len(left):
        best, others = left[0], left[1:]
        kept.append(best)
        overlap = box_iou(boxes[best][None], boxes[others])[0]
        left = others[~(overlap > iou_threshold)]
    return torch.stack(kept) if kept else left
