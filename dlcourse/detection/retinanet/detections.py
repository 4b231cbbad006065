"""Detections: from a score for every anchor and class to a short list of boxes.

Of a hundred thousand anchors nearly all say background. A threshold and a limit for each level drop
them before a single box is decoded, and suppression drops what is found twice.

Axes:   n anchors of a level, k classes
Paper:  Lin, Goyal, Girshick, He & Dollár 2017, "Focal loss for dense object detection", section 4
Torch:  RetinaNet.postprocess_detections of torchvision.models.detection.retinanet
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from dlcourse.detection.anchors import decode_boxes
from dlcourse.detection.boxes import clip_boxes_to_image
from dlcourse.detection.suppression import batched_nms

__all__ = ["best_of_level", "detect"]


def best_of_level(
    logits: Float[Tensor, "n k"],
    score_thresh: float = 0.05,
    topk_candidates: int = 1000,
) -> tuple[Tensor, Tensor, Tensor]:
    """Choose the best pairs of an anchor and a class.

    Returns:
        Scores, falling; places of the anchors; labels.

    >>> scores, places, labels = best_of_level(torch.tensor([[-9.0, 0.0], [2.0, -9.0]]))
    >>> places.tolist(), labels.tolist()
    ([1, 0], [0, 1])
    """
    scores = logits.sigmoid().flatten()
    good = (scores > score_thresh).nonzero()[:, 0]
    best, order = scores[good].topk(min(topk_candidates, len(good)))
    pairs = good[order]
    return best, pairs // logits.shape[1], pairs % logits.shape[1]


def detect(
    logits: Sequence[Float[Tensor, "_ k"]],
    codes: Sequence[Float[Tensor, "_ 4"]],
    anchors: Sequence[Float[Tensor, "_ 4"]],
    size: tuple[int, int],
    *,
    score_thresh: float = 0.05,
    nms_thresh: float = 0.5,
    detections_per_img: int = 300,
    topk_candidates: int = 1000,
) -> dict[str, Tensor]:
    """Turn one image's answers, a tensor for each level, into boxes, labels and scores.

    Args:
        logits: scores of all anchors and classes, before the sigmoid.
        codes: corrections of all anchors.
        anchors: of each level.
        size: height and width of the image in pixels.
        score_thresh: what a detection must exceed.
        nms_thresh: IoU above which, of two boxes of one class, the better one stays.
        detections_per_img: at most so many are returned.
        topk_candidates: at most so many of each level are decoded.

    >>> anchor = torch.tensor([[0.0, 0, 8, 8]])
    >>> found = detect([torch.tensor([[9.0, -9.0]])], [torch.zeros(1, 4)], [anchor], (6, 9))
    >>> found["boxes"].tolist(), found["labels"].tolist()
    ([[0.0, 0.0, 8.0, 6.0]], [0])
    """
    found = []
    for scores, moves, level in zip(logits, codes, anchors, strict=True):
        best, places, labels = best_of_level(scores, score_thresh, topk_candidates)
        boxes = decode_boxes(moves[places], level[places])
        found.append((clip_boxes_to_image(boxes, size), best, labels))
    boxes, scores, labels = map(torch.cat, zip(*found, strict=True))
    keep = batched_nms(boxes, scores, labels, nms_thresh)[:detections_per_img]
    return {"boxes": boxes[keep], "labels": labels[keep], "scores": scores[keep]}
