"""Greedy: checks of nms and batched_nms."""

from collections.abc import Callable

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.detection import suppression as reference
from dlcourse.detection.boxes import box_iou as overlap_of

from .drawing import draw_detections, draw_threshold
from .overlap import box_iou

__all__ = ["batched_nms", "nms"]


def _by_all(boxes: Tensor, scores: Tensor, iou_threshold: float) -> Tensor:
    """Drop what any better box overlaps, dropped or not."""
    order = scores.argsort(descending=True)
    over = overlap_of(boxes[order], boxes[order]).triu(diagonal=1) > iou_threshold
    return order[~over.any(dim=0)]


def _in_list_order(boxes: Tensor, scores: Tensor, iou_threshold: float) -> Tensor:
    """Take the boxes as they come."""
    falling = torch.linspace(1, 0, len(scores), dtype=scores.dtype)
    return reference.nms(boxes, falling, iou_threshold)


def _below(boxes: Tensor, scores: Tensor, iou_threshold: float) -> Tensor:
    """Drop what overlaps too little."""
    left, kept = scores.argsort(descending=True), []
    while len(left):
        best, left = left[0], left[1:]
        kept.append(best)
        left = left[overlap_of(boxes[best][None], boxes[left])[0] > iou_threshold]
    return torch.stack(kept)


def _places(boxes: Tensor, scores: Tensor, iou_threshold: float) -> Tensor:
    """Answer places in the sorted list."""
    order = scores.argsort(descending=True)
    return reference.nms(boxes[order], scores[order], iou_threshold)


nms = Check(
    task="nms",
    draw=lambda draw: Case(
        {**draw_detections(draw), "iou_threshold": draw_threshold(draw)}
    ),
    reference=reference.nms,
    mistakes=(
        Mistake(
            "a box that is suppressed suppresses others",
            "Only boxes that are kept may drop others; what is dropped is out.",
            _by_all,
        ),
        Mistake(
            "the worst box is taken first",
            "Sort from the highest score to the lowest.",
            lambda boxes, scores, iou_threshold: reference.nms(
                boxes, -scores, iou_threshold
            ),
        ),
        Mistake(
            "the scores are not looked at",
            "The list comes in no order: take the box with the best score first.",
            _in_list_order,
        ),
        Mistake(
            "boxes that overlap are kept, and the others dropped",
            "Drop a box if its overlap is larger than the threshold.",
            _below,
        ),
        Mistake(
            "the places are those in the sorted list",
            "Answer where the boxes stand in the list that was given.",
            _places,
        ),
        Mistake(
            "the answer is in the order of the list",
            "Answer the best box first.",
            lambda **case: reference.nms(**case).sort().values,
        ),
    ),
    builds_on=(box_iou,),
    forbidden=("nms",),
    cases=12,
)


# batched_nms


def _class_by_class(
    boxes: Tensor, scores: Tensor, idxs: Tensor, iou_threshold: float
) -> Tensor:
    """Forget to sort the classes into one list again."""
    kept = []
    for each in idxs.unique():
        mine = (idxs == each).nonzero().flatten()
        kept.append(mine[reference.nms(boxes[mine], scores[mine], iou_threshold)])
    return torch.cat(kept)


def _in_class(
    boxes: Tensor, scores: Tensor, idxs: Tensor, iou_threshold: float
) -> Tensor:
    """Answer places within each class."""
    kept, points = [], []
    for each in idxs.unique():
        mine = (idxs == each).nonzero().flatten()
        places = reference.nms(boxes[mine], scores[mine], iou_threshold)
        kept.append(places)
        points.append(scores[mine][places])
    return torch.cat(kept)[torch.cat(points).argsort(descending=True)]


def _pushed(by: Callable[[Tensor], float]) -> Callable[..., Tensor]:
    """Push the classes apart by a distance that is too short."""

    def suppress(
        boxes: Tensor, scores: Tensor, idxs: Tensor, iou_threshold: float
    ) -> Tensor:
        apart = boxes + (idxs.to(boxes) * by(boxes))[:, None]
        return reference.nms(apart, scores, iou_threshold)

    return suppress


def _draw_classes(draw: Draw) -> Case:
    found = draw_detections(draw)
    count = len(found["boxes"])
    # Every class needs two boxes, or none of its own could be suppressed.
    classes = draw.integer(2, 4 if draw.hard else 3)
    idxs = torch.randint(0, classes, (count,), generator=draw.source)
    boxes, scores = found["boxes"], found["scores"]
    # One box of two classes, and one that its own class has twice.
    boxes = torch.cat([boxes, boxes[:1], boxes[1:2] + 0.1])
    scores = torch.cat([scores, scores[:1] + 0.001, scores[1:2] + 0.001])
    idxs = torch.cat([idxs, (idxs[:1] + 1) % classes, idxs[1:2]])
    threshold = draw_threshold(draw)
    arguments = {"boxes": boxes, "scores": scores, "idxs": idxs}
    return Case({**arguments, "iou_threshold": threshold})


batched_nms = Check(
    task="batched_nms",
    draw=_draw_classes,
    reference=reference.batched_nms,
    mistakes=(
        Mistake(
            "boxes of different classes suppress each other",
            "A rider does not drop the horse: compare boxes of one class only.",
            lambda boxes, scores, idxs, iou_threshold: reference.nms(
                boxes, scores, iou_threshold
            ),
        ),
        Mistake(
            "the classes come one after the other",
            "Answer one list, the best box of all classes first.",
            _class_by_class,
        ),
        Mistake(
            "the places are those within a class",
            "Answer where the boxes stand in the list that was given, all classes in it.",
            _in_class,
        ),
        Mistake(
            "the classes are not far enough apart",
            "To move them apart, each class needs a distance larger than the largest coordinate.",
            _pushed(lambda boxes: 1.0),
        ),
    ),
    builds_on=(box_iou, nms),
    forbidden=("nms",),
    cases=12,
)
