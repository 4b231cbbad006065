"""Choosing: of all boxes that a grid gives, those that are said to be objects.

A grid always answers with the same number of boxes. Most have low scores, and the boxes of
neighbouring cells describe the same object. A threshold removes the first and non-maximum
suppression, class by class, the second.

Axes:   n boxes, k classes, m chosen boxes
Paper:  Redmon, Divvala, Girshick & Farhadi 2016, "You only look once: unified, real-time object
        detection"
Torch:  the last lines of torchvision's detectors
"""

from jaxtyping import Float
from torch import Tensor

from dlcourse.detection.boxes import clip_boxes_to_image
from dlcourse.detection.suppression import batched_nms

__all__ = ["choose"]


def choose(
    boxes: Float[Tensor, "n 4"],
    scores: Float[Tensor, "n k"],
    image_size: tuple[int, int],
    score_threshold: float = 0.05,
    iou_threshold: float = 0.5,
    limit: int = 100,
) -> dict[str, Tensor]:
    """Take the best boxes of each class, clipped to the image, sorted by falling score.

    Args:
        boxes: x1 y1 x2 y2 in pixels.
        scores: of each box for each class; a box may be chosen for several.
        image_size: height and width in pixels.
        score_threshold: score that a box must exceed.
        iou_threshold: IoU with a better box of its class above which a box is suppressed.
        limit: boxes that are kept at most.

    Returns:
        ``boxes``, ``labels`` and ``scores``.

    >>> boxes = torch.tensor([[0.0, 0, 9, 10], [0, 0, 10, 10], [5, 5, 9, 9]])
    >>> scores = torch.tensor([[0.6, 0.0], [0.9, 0.0], [0.0, 0.01]])
    >>> choose(boxes, scores, (10, 10))
    {'boxes': tensor([[ 0.,  0., 10., 10.]]), 'labels': tensor([0]), 'scores': tensor([0.9000])}
    """
    places, labels = (scores > score_threshold).nonzero(as_tuple=True)
    boxes, scores = (
        clip_boxes_to_image(boxes[places], image_size),
        scores[places, labels],
    )
    kept = batched_nms(boxes, scores, labels, iou_threshold)[:limit]
    return {"boxes": boxes[kept], "labels": labels[kept], "scores": scores[kept]}
