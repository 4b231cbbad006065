"""Retrieval: checks of average_precision and interpolate."""

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.optim import metrics as reference

from .roc import draw_scores, one_by_one, roc_points

__all__ = ["average_precision", "interpolate"]


def _curve(y_true: Tensor, y_score: Tensor) -> tuple[Tensor, Tensor]:
    """Give precision and recall at each threshold, the largest score first."""
    precision, recall, _ = reference.precision_recall_curve(y_true.long(), y_score)
    return precision[:-1].flip(0), recall[:-1].flip(0)


# average_precision


def _steps(y_true: Tensor, y_score: Tensor) -> Tensor:
    return y_score.new_tensor(reference.average_precision_score(y_true.long(), y_score))


def _trapezoid(y_true: Tensor, y_score: Tensor) -> Tensor:
    """Join the points by straight lines, from precision 1 at recall 0."""
    precision, recall = _curve(y_true, y_score)
    one, zero = precision.new_ones(1), recall.new_zeros(1)
    return torch.trapezoid(torch.cat([one, precision]), torch.cat([zero, recall]))


def _from_the_left(y_true: Tensor, y_score: Tensor) -> Tensor:
    precision, recall = _curve(y_true, y_score)
    before = torch.cat([precision.new_ones(1), precision[:-1]])
    return (before * recall.diff(prepend=recall.new_zeros(1))).sum()


average_precision = Check(
    task="average_precision",
    draw=lambda draw: Case(draw_scores(draw)),
    reference=_steps,
    mistakes=(
        Mistake(
            "the area is taken by trapezoids",
            "Precision is not linear between two thresholds; add rectangles, precision times the "
            "recall gained.",
            _trapezoid,
        ),
        Mistake(
            "equal scores are taken one by one",
            "The same scores in another order must give the same number: samples with the same "
            "score pass a threshold together.",
            lambda **scores: _steps(**one_by_one(**scores)),
        ),
        Mistake(
            "each gain of recall meets the precision before it",
            "A rectangle has the precision of the threshold that gained the recall.",
            _from_the_left,
        ),
        Mistake(
            "the mean is taken over all thresholds",
            "A threshold counts by the recall it gains, and one that gains none does not count.",
            lambda **scores: _curve(**scores)[0].mean(),
        ),
    ),
    builds_on=(roc_points,),
)


# interpolate


def _best(precision: Tensor, allowed: Tensor) -> Tensor:
    """Take for each row the largest precision that it allows, 0 if it allows none."""
    return torch.where(allowed, precision, 0.0).amax(dim=1)


def _interpolated(precision: Tensor, recall: Tensor) -> Tensor:
    return _best(precision, recall >= recall[:, None])


def _draw_curve(draw: Draw) -> Case:
    """Draw a curve that stands still in recall: its first negatives follow a positive."""
    scores = draw_scores(draw)
    top = torch.tensor([1.0, 0.0, 1.0, 1.0, 0.0])
    scores["y_true"] = torch.cat([top, scores["y_true"]])
    lead = torch.linspace(1.4, 1.0, 5, dtype=torch.float64)
    scores["y_score"] = torch.cat([lead, scores["y_score"]])
    precision, recall = _curve(**scores)
    return Case({"precision": precision, "recall": recall})


interpolate = Check(
    task="interpolate",
    draw=_draw_curve,
    reference=_interpolated,
    mistakes=(
        Mistake(
            "the interpolation is taken to the left",
            "Look at the recalls that are at least as large, not at the smaller ones.",
            lambda precision, recall: _best(precision, recall <= recall[:, None]),
        ),
        Mistake(
            "the recall itself is left out",
            "The rule says r' >= r: the precision at r is one of the candidates.",
            lambda precision, recall: _best(precision, recall > recall[:, None]),
        ),
        Mistake(
            "earlier thresholds of the same recall are left out",
            "Several thresholds may share a recall, and the largest of their precisions counts.",
            lambda precision, recall: precision.flip(0).cummax(dim=0).values.flip(0),
        ),
        Mistake(
            "nothing is interpolated",
            "Where a later precision is larger, it takes the place of the earlier one.",
            lambda precision, recall: precision.clone(),
        ),
    ),
)
