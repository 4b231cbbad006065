"""Detections: from the scores and codes of all boxes to a short list.

Each class has its list to itself: what scores high enough, of that the best few hundred, of these
those that no better one of the class overlaps.

Axes:   n boxes, k classes and the background, which is 0
Paper:  Liu et al. 2016, "SSD: single shot multibox detector", section 3.1
Torch:  postprocess_detections of torchvision.models.detection.ssd
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from dlcourse.detection.anchors import decode_boxes
from dlcourse.detection.boxes import clip_boxes_to_image
from dlcourse.detection.suppression import batched_nms

from .loss import VARIANCES

__all__ = ["detect"]


@torch.no_grad()
def detect(
    logits: Float[Tensor, "n k"],
    codes: Float[Tensor, "n 4"],
    boxes: Float[Tensor, "n 4"],
    size: Sequence[int],
    *,
    score_thresh: float = 0.01,
    nms_thresh: float = 0.45,
    detections_per_img: int = 200,
    topk_candidates: int = 400,
) -> dict[str, Tensor]:
    """Give the boxes, labels and scores of one image, the best first.

    Args:
        logits: scores of background and classes.
        codes: what the network says of each box.
        boxes: the default boxes in pixels.
        size: height and width of the image.
        score_thresh: what a score has to exceed.
        nms_thresh: largest IoU of two boxes of a class that are kept.
        detections_per_img: most detections of an image.
        topk_candidates: most boxes of a class that are compared.

    >>> box = torch.tensor([[0.0, 0.0, 4.0, 4.0]])
    >>> found = detect(torch.tensor([[0.0, 9.0]]), torch.zeros(1, 4), box, (3, 8))
    >>> found["boxes"].tolist(), found["labels"].tolist()
    ([[0.0, 0.0, 4.0, 3.0]], [0])
    """
    placed = clip_boxes_to_image(decode_boxes(codes, boxes, VARIANCES), tuple(size))
    scores = logits.softmax(dim=1)[:, 1:]
    best, rows = scores.topk(min(topk_candidates, len(scores)), dim=0)
    labels = torch.arange(scores.shape[1], device=scores.device).expand_as(rows)
    passed = best > score_thresh
    found, score, label = placed[rows[passed]], best[passed], labels[passed]
    kept = batched_nms(found, score, label, nms_thresh)[:detections_per_img]
    return {"boxes": found[kept], "labels": label[kept], "scores": score[kept]}
