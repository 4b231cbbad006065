"""Overlap: checks of box_iou and generalized_box_iou."""

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.detection import boxes as reference

from .drawing import draw_boxes

__all__ = ["box_iou", "generalized_box_iou"]


def _parts(boxes1: Tensor, boxes2: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Signed sides of what pairs share (n m 2), and both areas (n 1 and m)."""
    one, other = boxes1[:, None], boxes2
    first = torch.maximum(one[..., :2], other[:, :2])
    last = torch.minimum(one[..., 2:], other[:, 2:])
    area1 = (one[..., 2:] - one[..., :2]).prod(dim=-1)
    area2 = (other[:, 2:] - other[:, :2]).prod(dim=-1)
    return last - first, area1, area2


def _without_clamp(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    sides, area1, area2 = _parts(boxes1, boxes2)
    shared = sides.prod(dim=-1)
    return shared / (area1 + area2 - shared)


def _with_rim(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    """Count a pixel more on every side."""
    rim = boxes1.new_tensor([0, 0, 1, 1])
    return reference.box_iou(boxes1 + rim, boxes2 + rim)


def _over_sum(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    sides, area1, area2 = _parts(boxes1, boxes2)
    return sides.clamp(min=0).prod(dim=-1) / (area1 + area2)


def _over_smaller(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    sides, area1, area2 = _parts(boxes1, boxes2)
    return sides.clamp(min=0).prod(dim=-1) / torch.minimum(area1, area2)


def _over_first(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    sides, area1, _ = _parts(boxes1, boxes2)
    return sides.clamp(min=0).prod(dim=-1) / area1


def _draw_pair(draw: Draw) -> Case:
    most = 9 if draw.hard else 5
    one = draw_boxes(draw, draw.integer(2, most), room=14)
    # Diagonally beyond all others: both signed sides are negative, and their product is not.
    away = one[:1] + 40.0
    # On a pair that overlaps, every way to divide gives another number.
    over = one[:1] + one.new_tensor([1, 1, 2, 0.5])
    other = torch.cat([draw_boxes(draw, draw.integer(1, most), room=14), away, over])
    return Case({"boxes1": one, "boxes2": other})


box_iou = Check(
    task="box_iou",
    draw=_draw_pair,
    reference=reference.box_iou,
    mistakes=(
        Mistake(
            "boxes that do not meet share an area",
            "Where the later start lies beyond the earlier end, the side that they share is 0, not "
            "below it: two sides below 0 have a product above it.",
            _without_clamp,
        ),
        Mistake(
            "a pixel is added to every side",
            "Corners are places between pixels here: a side is x2 - x1, without a 1.",
            _with_rim,
        ),
        Mistake(
            "the shared area is counted twice",
            "Both areas hold it; take it off their sum once.",
            _over_sum,
        ),
        Mistake(
            "it is divided by the smaller area",
            "A box inside a large one would then have a ratio of 1; divide by what both cover "
            "together.",
            _over_smaller,
        ),
        Mistake(
            "it is divided by the area of the first box",
            "The ratio must not change if the boxes change places; divide by what both cover "
            "together.",
            _over_first,
        ),
        Mistake(
            "the table lies on its side",
            "Its rows are the first argument's boxes, its columns the second's.",
            lambda boxes1, boxes2: reference.box_iou(boxes2, boxes1),
        ),
    ),
)


# generalized_box_iou


def _around(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    """Area of the smallest box around each pair."""
    one, other = boxes1[:, None], boxes2
    first = torch.minimum(one[..., :2], other[:, :2])
    last = torch.maximum(one[..., 2:], other[:, 2:])
    return (last - first).prod(dim=-1)


def _union(boxes1: Tensor, boxes2: Tensor) -> Tensor:
    sides, area1, area2 = _parts(boxes1, boxes2)
    return area1 + area2 - sides.clamp(min=0).prod(dim=-1)


def _penalised(penalty) -> object:
    """IoU less a penalty of (area around, union)."""

    def measure(boxes1: Tensor, boxes2: Tensor) -> Tensor:
        around, union = _around(boxes1, boxes2), _union(boxes1, boxes2)
        return reference.box_iou(boxes1, boxes2) - penalty(around, union)

    return measure


generalized_box_iou = Check(
    task="generalized_box_iou",
    draw=_draw_pair,
    reference=reference.generalized_box_iou,
    mistakes=(
        Mistake(
            "the penalty is divided by the union",
            "It is the share of the box around both that is left empty; divide by that box's area.",
            _penalised(lambda around, union: (around - union) / union),
        ),
        Mistake(
            "the penalty is not divided",
            "It is a share, from 0 to 1, whatever the size of the boxes.",
            _penalised(lambda around, union: around - union),
        ),
        Mistake(
            "the penalty is added",
            "Boxes that lie further apart should have the lower number.",
            _penalised(lambda around, union: (union - around) / around),
        ),
        Mistake(
            "the penalty is the share that is covered",
            "Take off what is left empty: the area around both less what they cover.",
            _penalised(lambda around, union: union / around),
        ),
        Mistake(
            "that is the IoU alone",
            "Take off the share of the smallest box around both that neither covers.",
            reference.box_iou,
        ),
    ),
    builds_on=(box_iou,),
)
