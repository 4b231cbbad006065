"""Confusion: the check of confusion_matrix."""

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.optim import metrics as reference

__all__ = ["confusion_matrix", "draw_answers"]


def draw_answers(draw: Draw) -> dict:
    """Draw answers of which most are right, over classes of unequal size, some of them absent."""
    classes, samples = draw.integer(3, 5), draw.side(16)
    if draw.hard:
        classes += 2
    # The smaller of two draws: low labels are common, and the two directions of a mistake differ.
    first, second, noise = (
        torch.randint(0, classes, (samples,), generator=draw.source) for _ in range(3)
    )
    y_true = torch.minimum(first, second)
    mistaken = torch.rand(samples, generator=draw.source) < 0.4
    return {
        "y_true": y_true,
        "y_pred": torch.where(mistaken, noise, y_true),
        "classes": classes,
    }


def _matrix(y_true: Tensor, y_pred: Tensor, classes: int) -> Tensor:
    labels = torch.arange(classes)
    return reference.confusion_matrix(y_true, y_pred, labels=labels)


def _wrong_only(y_true: Tensor, y_pred: Tensor, classes: int) -> Tensor:
    matrix = _matrix(y_true, y_pred, classes)
    return matrix - matrix.diag().diag()


confusion_matrix = Check(
    task="confusion_matrix",
    draw=lambda draw: Case(draw_answers(draw)),
    reference=_matrix,
    mistakes=(
        Mistake(
            "rows and columns are swapped",
            "A row belongs to what the samples are, a column to what they were taken for.",
            lambda **answers: _matrix(**answers).T,
        ),
        Mistake(
            "a cell is marked once, however often it occurs",
            "matrix[y_true, y_pred] += 1 adds to every cell at most once; count repeats as well.",
            lambda **answers: _matrix(**answers).clamp(max=1),
        ),
        Mistake(
            "only the right answers are counted",
            "The mistakes are what this matrix is for: each sample belongs to one cell.",
            lambda **answers: _matrix(**answers).diag().diag(),
        ),
        Mistake(
            "the right answers are left out",
            "Each sample belongs to one cell; those on the diagonal are right.",
            _wrong_only,
        ),
    ),
)
