"""Levels: checks of interpolated, eleven_points and average_precision."""

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.detection import precision as reference

__all__ = ["average_precision", "draw_curve", "eleven_points", "interpolated"]


def draw_curve(draw: Draw) -> dict[str, Tensor]:
    """Draw the curve of a list that finds more than half of the truths, and not all.

    Its recalls meet the level 1/2 exactly, which every way of writing it gives the same bits, and
    no other of the eleven levels.
    """
    half = (3, 4, 6, 7, 8, 9)[draw.integer(0, 5)]
    found = half + draw.integer(1, half - 1)
    hits = torch.zeros(found + draw.side(4), dtype=torch.bool)
    rest = torch.randperm(len(hits) - 3, generator=draw.source)[: found - 2] + 3
    hits[torch.cat([torch.tensor([0, 1]), rest])] = True
    precision, recall = reference.precision_recall(hits, 2 * half)
    return {"precision": precision, "recall": recall}


# interpolated


def _best_to_come(precision: Tensor) -> Tensor:
    return reference.interpolated(precision)


def _later(precision: Tensor) -> Tensor:
    return torch.cat([precision[1:], precision.new_zeros(1)])


interpolated = Check(
    task="interpolated",
    draw=lambda draw: Case({"precision": draw_curve(draw)["precision"]}),
    reference=_best_to_come,
    mistakes=(
        Mistake(
            "the interpolation is taken to the left",
            "The best still to come lies further down the list, at larger recalls.",
            lambda precision: precision.cummax(dim=0).values,
        ),
        Mistake(
            "the place itself is left out",
            "The precision at a place is one of those that compete for it.",
            lambda precision: _best_to_come(_later(precision)),
        ),
        Mistake(
            "only the next place is looked at",
            "All places to the end of the list compete, not the next one alone.",
            lambda precision: torch.maximum(precision, _later(precision)),
        ),
        Mistake(
            "nothing is interpolated",
            "Where a later precision is larger, it takes the place of the earlier one.",
            lambda precision: precision.clone(),
        ),
        Mistake(
            "the list comes out from its end to its front",
            "Whoever runs from the end to the front has to turn the answer back.",
            lambda precision: _best_to_come(precision).flip(0),
        ),
    ),
)


# eleven_points


def _levels(precision: Tensor) -> Tensor:
    return torch.linspace(0, 1, 11, dtype=precision.dtype)


def _best(precision: Tensor, allowed: Tensor) -> Tensor:
    """Take for each level, a row, the largest precision that it allows, 0 if it allows none."""
    return torch.where(allowed, precision, 0.0).amax(dim=1)


def _eleven(precision: Tensor, recall: Tensor) -> Tensor:
    return reference.average_precision(precision, recall, 11)


def _reached_only(precision: Tensor, recall: Tensor) -> Tensor:
    reached = int((_levels(precision) <= recall[-1]).sum())
    return _eleven(precision, recall) * 11 / reached


def _not_interpolated(precision: Tensor, recall: Tensor) -> Tensor:
    first = torch.searchsorted(recall, _levels(precision))
    return torch.cat([precision, precision.new_zeros(1)])[first].mean()


eleven_points = Check(
    task="eleven_points",
    draw=lambda draw: Case(draw_curve(draw)),
    reference=_eleven,
    mistakes=(
        Mistake(
            "the interpolation is taken to the left",
            "At a level of recall, those places compete whose recall is at least as large.",
            lambda precision, recall: _best(
                precision, recall <= _levels(precision)[:, None]
            ).mean(),
        ),
        Mistake(
            "a recall that meets the level exactly is left out",
            "The rule says r' >= r.",
            lambda precision, recall: _best(
                precision, recall > _levels(precision)[:, None]
            ).mean(),
        ),
        Mistake(
            "levels that the list never reaches are left out of the mean",
            "The mean is of eleven levels; what is never reached has precision 0.",
            _reached_only,
        ),
        Mistake(
            "the precision is not interpolated",
            "Not the precision where the level is reached, but the best from there on.",
            _not_interpolated,
        ),
        Mistake(
            "the level 0 is left out",
            "From 0 to 1 in steps of 0.1 there are eleven levels.",
            lambda precision, recall: _best(
                precision, recall >= _levels(precision)[1:, None]
            ).mean(),
        ),
        Mistake(
            "the level 1 is left out",
            "From 0 to 1 in steps of 0.1 there are eleven levels; torch.arange stops before its "
            "end.",
            lambda precision, recall: _best(
                precision, recall >= _levels(precision)[:-1, None]
            ).mean(),
        ),
    ),
    builds_on=(interpolated,),
    cases=12,
)


# average_precision


def _area(precision: Tensor, recall: Tensor) -> Tensor:
    return reference.average_precision(precision, recall)


def _gains(recall: Tensor) -> Tensor:
    return recall.diff(prepend=recall.new_zeros(1))


def _trapezoids(precision: Tensor, recall: Tensor) -> Tensor:
    start = recall.new_zeros(1)
    steps = torch.cat([start, recall])
    return torch.trapezoid(torch.cat([precision[:1], precision]), steps)


average_precision = Check(
    task="average_precision",
    draw=lambda draw: Case(draw_curve(draw)),
    reference=_area,
    mistakes=(
        Mistake(
            "the precision is not interpolated",
            "Each gain of recall meets the best precision still to come.",
            lambda precision, recall: (precision * _gains(recall)).sum(),
        ),
        Mistake(
            "the first gain of recall is left out",
            "Before the first detection recall is 0; the first hit gains as much as any other.",
            lambda precision, recall: (
                _best_to_come(precision)[1:] * recall.diff()
            ).sum(),
        ),
        Mistake(
            "the area below the curve itself is taken, by trapezoids",
            "Add rectangles: the recall gained times the best precision still to come.",
            _trapezoids,
        ),
        Mistake(
            "the mean is taken over the detections",
            "A detection counts by the recall that it gains, and a false one gains none.",
            lambda precision, recall: _best_to_come(precision).mean(),
        ),
        Mistake(
            "the area is divided by the last recall",
            "What is never found has precision 0; nothing is left out.",
            lambda precision, recall: _area(precision, recall) / recall[-1],
        ),
    ),
    builds_on=(interpolated,),
)
