"""Tables: checks of confusion_matrix, iou and mean_iou."""

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.segmentation import overlap as reference

__all__ = ["confusion_matrix", "iou", "mean_iou"]

UNKNOWN = 255
"""The label of pixels that nobody has named."""


# confusion_matrix


def _draw_maps(draw: Draw) -> Case:
    """Draw maps with unknown pixels; the last class occurs nowhere, and no table is symmetric."""
    k = draw.integer(3, 5 + draw.hard)
    shape = (draw.integer(1, 2), 3 + draw.side(), 3 + draw.side())
    target = torch.randint(0, k - 1, shape, generator=draw.source)
    prediction = torch.randint(0, k - 1, shape, generator=draw.source)
    target[0, 0], prediction[0, 0, :3] = 0, 1
    prediction[target == 1] = 1  # zeros are taken for ones, and not the other way round
    target[0, 1, :2] = UNKNOWN
    prediction[0, 1, 0], prediction[0, 1, 1] = 0, k - 2
    return Case({"prediction": prediction, "target": target, "num_classes": k})


def _count(prediction: Tensor, target: Tensor, num_classes: int) -> Tensor:
    return reference.confusion_matrix(
        prediction, target, num_classes, ignore_index=UNKNOWN
    )


def _once(prediction: Tensor, target: Tensor, num_classes: int) -> Tensor:
    return (_count(prediction, target, num_classes) > 0).long()


def _as_ground(prediction: Tensor, target: Tensor, num_classes: int) -> Tensor:
    return _count(prediction, target.masked_fill(target == UNKNOWN, 0), num_classes)


confusion_matrix = Check(
    task="confusion_matrix",
    draw=_draw_maps,
    reference=_count,
    mistakes=(
        Mistake(
            "rows and columns are exchanged",
            "The row is the class that is there, the column the one that was seen.",
            lambda prediction, target, num_classes: (
                _count(prediction, target, num_classes).T
            ),
        ),
        Mistake(
            "each pair of classes is counted once, however often it occurs",
            "table[i, j] += 1 with many equal pairs adds 1 only once; bincount counts them all.",
            _once,
        ),
        Mistake(
            "unknown pixels are counted as ground",
            "Pixels with the label 255 belong into no row; leave them out before you count.",
            _as_ground,
        ),
        Mistake(
            "the table has no place for a class that does not occur",
            "It has num_classes rows and columns, whatever occurs; see minlength of bincount.",
            lambda prediction, target, num_classes: _count(
                prediction, target, num_classes
            )[:-1, :-1],
        ),
        Mistake(
            "only right pixels are counted",
            "A pixel of class i that was taken for class j counts in row i and column j.",
            lambda prediction, target, num_classes: (
                _count(prediction, target, num_classes).diagonal().diag()
            ),
        ),
    ),
)


# iou


def _draw_table(draw: Draw) -> Tensor:
    """Draw a table of classes that all occur, whose rows and columns differ."""
    k = 3 + draw.integer(0, 2 + 2 * draw.hard)
    counts = torch.randint(1, 9, (k, k), generator=draw.source).double()
    counts += 6 * torch.eye(k, dtype=torch.float64)
    counts[0] += 5  # there is most of it, and much of it was taken for others
    return counts


def _areas(confusion: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return confusion.diagonal(), confusion.sum(dim=1), confusion.sum(dim=0)


def _over(confusion: Tensor, has: float, given: float, right: float) -> Tensor:
    """Divide the right pixels by a wrong sum of areas."""
    n, row, column = _areas(confusion)
    return n / (has * row + given * column + right * n)


iou = Check(
    task="iou",
    draw=lambda draw: Case({"confusion": _draw_table(draw)}),
    reference=lambda confusion: reference.iou(confusion),
    mistakes=(
        Mistake(
            "the union counts the intersection twice",
            "The right pixels are in both areas; take them away once from the sum.",
            lambda confusion: _over(confusion, 1, 1, 0),
        ),
        Mistake(
            "the right pixels are divided by those the class has",
            "That is recall. The union also holds the pixels that were given the class falsely.",
            lambda confusion: _over(confusion, 1, 0, 0),
        ),
        Mistake(
            "the right pixels are divided by those that were given the class",
            "That is precision. The union also holds the pixels of the class that were missed.",
            lambda confusion: _over(confusion, 0, 1, 0),
        ),
        Mistake(
            "the union is without the intersection",
            "What both areas share belongs to their union, once.",
            lambda confusion: _over(confusion, 1, 1, -2),
        ),
        Mistake(
            "it is Dice",
            "IoU counts the intersection once above, and below not twice either.",
            lambda confusion: 2 * _over(confusion, 1, 1, 0),
        ),
        Mistake(
            "the right pixels are divided by all pixels",
            "Each class has a union of its own.",
            lambda confusion: confusion.diagonal() / confusion.sum(),
        ),
    ),
)


# mean_iou


def _draw_sparse(draw: Draw) -> Case:
    """Draw a table in which one class occurs nowhere, and one was claimed and is not there."""
    counts = _draw_table(draw)
    k = len(counts)
    wide = counts.new_zeros(k + 2, k + 2)
    wide[:k, :k] = counts
    wide[:k, k] = 1  # claimed
    order = torch.randperm(k + 2, generator=draw.source)
    return Case({"confusion": wide[order][:, order]})


def _weighted(confusion: Tensor) -> Tensor:
    return reference.frequency_weighted_iou(confusion)


def _pooled(confusion: Tensor) -> Tensor:
    right = confusion.diagonal().sum()
    return right / (2 * confusion.sum() - right)


def _there_only(confusion: Tensor) -> Tensor:
    return reference.iou(confusion)[confusion.sum(dim=1) > 0].mean()


mean_iou = Check(
    task="mean_iou",
    draw=_draw_sparse,
    reference=lambda confusion: reference.mean_iou(confusion),
    mistakes=(
        Mistake(
            "a class that occurs nowhere counts as 0",
            "Neither there nor claimed, it has no IoU; leave it out of the mean.",
            lambda confusion: reference.iou(confusion).nan_to_num(0).mean(),
        ),
        Mistake(
            "a class that occurs nowhere counts as 1",
            "Neither there nor claimed, it has no IoU; leave it out of the mean.",
            lambda confusion: reference.iou(confusion).nan_to_num(1).mean(),
        ),
        Mistake(
            "a class that is not there, but was claimed, is left out",
            "Its union is not empty, so its IoU is 0, and counts.",
            _there_only,
        ),
        Mistake(
            "a class counts by the number of its pixels",
            "Each class that occurs has the same weight.",
            _weighted,
        ),
        Mistake(
            "intersections and unions are added up over the classes",
            "Divide class by class first, then take the mean.",
            _pooled,
        ),
        Mistake(
            "it is the mean of the recalls",
            "Take the mean of IoU, in whose union are false claims, too.",
            lambda confusion: reference.mean_accuracy(confusion),
        ),
    ),
    builds_on=(iou,),
)
