"""Classes: only boxes of one class suppress each other.

A rider sits on a horse, and both are to be found. So each class has its suppression to itself, and
what is kept is put together again in the order of the scores.

Axes:   n boxes, m those that are kept
Paper:  Girshick, Donahue, Darrell & Malik 2014, "Rich feature hierarchies for accurate object
        detection and semantic segmentation"
Torch:  torchvision.ops.batched_nms
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from .greedy import suppress
from .refusals import refuse_detections, refuse_threshold

__all__ = ["batched_nms"]


@torch.no_grad()
def batched_nms(
    boxes: Float[Tensor, "n 4"],
    scores: Float[Tensor, "n"],
    idxs: Int[Tensor, "n"],
    iou_threshold: float,
) -> Int[Tensor, "m"]:
    """Suppress within each class: boxes of different classes do not see each other.

    Args:
        boxes: corners ``x1, y1, x2, y2`` in pixels.
        scores: how sure the detector is of each.
        idxs: the class of each, any whole number; or the image, in a batch of images.
        iou_threshold: the largest IoU that two kept boxes of one class may have.

    Returns:
        The indices of the boxes that are kept, the best first.

    Raises:
        TypeError: if the boxes are not a floating point tensor.
        ValueError: if a box has its corners in the wrong order, the counts differ, a score is NaN,
            or the threshold does not lie between 0 and 1.

    >>> boxes = torch.tensor([[0.0, 0, 4, 2], [0, 0, 4, 2], [0, 0, 4, 2]])
    >>> scores, idxs = torch.tensor([0.7, 0.8, 0.9]), torch.tensor([0, 1, 1])
    >>> batched_nms(boxes, scores, idxs, iou_threshold=0.5).tolist()
    [2, 0]
    """
    refuse_detections(boxes, scores, idxs)
    refuse_threshold(iou_threshold)
    kept = []
    for each in idxs.unique():
        mine = (idxs == each).nonzero().flatten()
        kept.append(mine[suppress(boxes[mine], scores[mine], iou_threshold)])
    # In their old order first, so that of equal scores the earlier comes first.
    places = torch.cat([idxs.new_empty(0, dtype=torch.long), *kept]).sort().values
    return places[scores[places].argsort(descending=True, stable=True)]
