"""Averaging: the counts behind precision and recall, and one number out of several classes.

Every class has a precision of its own, with itself as the positive label and all others as the
rest. To report one number, average the quotients (macro), or add up the counts first (micro).

Axes:   b samples, k classes
Torch:  none; the parameter ``average`` of sklearn.metrics.precision_score
"""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int, Integer
from torch import Tensor

from .confusion import find_places
from .labels import Labels, as_labels

__all__ = ["AVERAGES", "Counts", "average_of", "count"]

AVERAGES = ("binary", "micro", "macro", "weighted", None)


class Counts(NamedTuple):
    """For each class: its samples found, those that were taken for it, and those that are it."""

    found: Int[Tensor, "k"]  # TP
    predicted: Int[Tensor, "k"]  # TP + FP
    actual: Int[Tensor, "k"]  # TP + FN


def count(
    y_true: Labels,
    y_pred: Labels,
    labels: Integer[Tensor, "k"] | None,
    pos_label: int,
    average: str | None,
) -> Counts:
    """Count for each class, for the positive one alone ("binary"), or for all together ("micro").

    Raises:
        ValueError: for an unknown average, or if "binary" meets more than two labels, or two of
            which neither is ``pos_label``.
    """
    if average not in AVERAGES:
        raise ValueError(
            f"average is {average!r}; say one of {', '.join(map(repr, AVERAGES))}"
        )
    y_true, y_pred = as_labels(y_true, y_pred)
    present = torch.cat([y_true, y_pred]).unique()
    if average == "binary":
        labels = _positive_alone(present.tolist(), pos_label)
    counts = _count_each(y_true, y_pred, present if labels is None else labels.cpu())
    if average == "micro":
        return Counts(*(each.sum(dim=0, keepdim=True) for each in counts))
    return counts


def _positive_alone(present: list[int], pos_label: int) -> Integer[Tensor, "1"]:
    if len(present) > 2:
        raise ValueError(
            f'average "binary" is for two labels, and {len(present)} occur; say "macro", "micro", '
            '"weighted" or None'
        )
    if len(present) == 2 and pos_label not in present:
        raise ValueError(f"pos_label ({pos_label}) must be one of the labels {present}")
    return torch.tensor([pos_label])


def _count_each(y_true: Tensor, y_pred: Tensor, labels: Tensor) -> Counts:
    (true, listed), (predicted, listed_too) = (
        find_places(y, labels) for y in (y_true, y_pred)
    )
    right = listed & (y_true == y_pred)
    places = true[right], predicted[listed_too], true[listed]
    return Counts(*(torch.bincount(p, minlength=len(labels)) for p in places))


def average_of(
    scores: Float[Tensor, "k"], actual: Int[Tensor, "k"], average: str | None
) -> float | Float[Tensor, "k"]:
    """Make one number of the classes' scores; a class whose score is nan does not count.

    ``None`` keeps them all. "macro" gives each class the same weight, "weighted" as much as it has
    samples; "binary" and "micro" have one score only.

    >>> average_of(torch.tensor([0.5, 1.0]), torch.tensor([3, 1]), "weighted")
    0.625
    """
    if average is None:
        return scores
    defined = ~scores.isnan()
    weights = (actual * defined).double()
    if average != "weighted" or not weights.any():
        weights = defined.double()
    # 0 / 0, where no class is defined, is nan: the answer that was asked for.
    return float((scores.nan_to_num() * weights).sum() / weights.sum())
