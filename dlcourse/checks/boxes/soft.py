"""Soft: the check of soft_nms."""

from collections.abc import Callable

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.detection import suppression as reference
from dlcourse.detection.boxes import box_iou as overlap_of

from .drawing import draw_detections
from .overlap import box_iou

__all__ = ["soft_nms"]

Answer = tuple[Tensor, Tensor]


def _gaussian(
    boxes: Tensor, scores: Tensor, sigma: float, score_threshold: float
) -> Answer:
    settings = {"sigma": sigma, "score_threshold": score_threshold}
    return reference.soft_nms(boxes, scores, "gaussian", **settings)


def _lowered(
    factor: Callable[[Tensor, float], Tensor],
    order_again: bool = True,
    onto_all: bool = False,
) -> Callable[..., Answer]:
    """Lower scores by another rule, perhaps in the first order, perhaps of taken boxes too."""

    def suppress(
        boxes: Tensor, scores: Tensor, sigma: float, score_threshold: float
    ) -> Answer:
        iou, now = overlap_of(boxes, boxes), scores.clone()
        first = scores.argsort(descending=True).tolist()
        waiting, kept = list(first), []
        while waiting:
            best = max(waiting, key=lambda at: now[at]) if order_again else waiting[0]
            waiting.remove(best)
            if now[best] < score_threshold:
                if order_again:
                    break
                continue
            kept.append((best, now[best].clone()))
            others = [at for at in first if at != best] if onto_all else waiting
            now[others] *= factor(iou[best, others], sigma)
        places = torch.tensor([place for place, _ in kept])
        final = now[places] if onto_all else torch.stack([score for _, score in kept])
        return places, final

    return suppress


def _fall(iou: Tensor, sigma: float) -> Tensor:
    return (-iou.square() / sigma).exp()


def _draw(draw: Draw) -> Case:
    sigma = draw.integer(20, 60) / 100
    return Case({**draw_detections(draw), "sigma": sigma, "score_threshold": 0.0213})


soft_nms = Check(
    task="soft_nms",
    draw=_draw,
    reference=_gaussian,
    mistakes=(
        Mistake(
            "the IoU is not squared",
            "The factor is exp(-IoU² / sigma).",
            _lowered(lambda iou, sigma: (-iou / sigma).exp()),
        ),
        Mistake(
            "the exponent has twice the sigma, squared",
            "That is the bell curve of statistics; here the exponent is -IoU² / sigma.",
            _lowered(lambda iou, sigma: (-iou.square() / (2 * sigma**2)).exp()),
        ),
        Mistake(
            "the boxes are taken in their first order",
            "A score that was lowered may fall behind others: look for the best one at each turn.",
            _lowered(_fall, order_again=False),
        ),
        Mistake(
            "boxes that are taken already are lowered too",
            "What is taken keeps its score; only those that wait are lowered.",
            _lowered(_fall, onto_all=True),
        ),
        Mistake(
            "the scores are not lowered",
            "Return the lowered scores, in the order in which the boxes were taken.",
            lambda boxes, scores, sigma, score_threshold: (
                (places := _gaussian(boxes, scores, sigma, score_threshold)[0]),
                scores[places],
            ),
        ),
        Mistake(
            "boxes with a low score are kept",
            "Stop when the best score that is left falls below score_threshold.",
            lambda boxes, scores, sigma, score_threshold: _gaussian(
                boxes, scores, sigma, 0.0
            ),
        ),
    ),
    builds_on=(box_iou,),
)
