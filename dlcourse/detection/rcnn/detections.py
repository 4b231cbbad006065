"""Detections: from scored boxes of every class to the list that is answered.

Whatever found the boxes, the end is the same: drop what scores low, suppress what is found twice in
a class, keep the best.

Axes:   n proposals, k classes
Torch:  RoIHeads.postprocess_detections of torchvision.models.detection.roi_heads
"""

from jaxtyping import Float
from torch import Tensor

from dlcourse.detection.boxes import clip_boxes_to_image, remove_small_boxes
from dlcourse.detection.suppression import batched_nms

__all__ = ["detections"]


def detections(
    boxes: Float[Tensor, "n k 4"],
    scores: Float[Tensor, "n k"],
    size: tuple[int, int],
    *,
    score_thresh: float = 0.05,
    nms_thresh: float = 0.5,
    detections_per_img: int = 100,
) -> dict[str, Tensor]:
    """Choose one image's detections, the best first.

    Args:
        boxes: for each proposal one of each class.
        scores: as many.
        size: height and width of the image; boxes are cut off at its border.
        score_thresh: what a detection must exceed.
        nms_thresh: IoU above which the lower of two boxes of a class goes.
        detections_per_img: at most so many.

    >>> boxes = torch.tensor([[[0.0, 0, 4, 4]], [[0.0, 0, 4, 5]], [[6.0, 6, 9, 9]]])
    >>> found = detections(boxes, torch.tensor([[0.5], [0.9], [0.7]]), (8, 8))
    >>> found["boxes"].tolist()
    [[0.0, 0.0, 4.0, 5.0], [6.0, 6.0, 8.0, 8.0]]
    """
    rows, labels = (scores > score_thresh).nonzero().unbind(1)
    inside = clip_boxes_to_image(boxes[rows, labels], size)
    good = remove_small_boxes(inside, 1e-2)
    inside, labels, best = inside[good], labels[good], scores[rows, labels][good]
    kept = batched_nms(inside, best, labels, nms_thresh)[:detections_per_img]
    return {"boxes": inside[kept], "labels": labels[kept], "scores": best[kept]}
