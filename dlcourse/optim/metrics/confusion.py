"""Confusion: who was taken for whom, and the share that is right.

A square of counts holds everything that given answers can say about a classifier; each number on
this page is a quotient of its sums.

Axes:   b samples, k classes
Torch:  none; sklearn.metrics.confusion_matrix, accuracy_score
"""

import torch
from jaxtyping import Bool, Int, Integer, Real
from torch import Tensor

from .labels import Labels, as_labels

__all__ = ["accuracy_score", "confusion_matrix", "find_places"]

NORMALIZE = {"true": (1,), "pred": (0,), "all": (0, 1)}
"""The axes to sum over for the number that a count is divided by."""


def find_places(
    y: Integer[Tensor, "b"], labels: Integer[Tensor, "k"]
) -> tuple[Int[Tensor, "b"], Bool[Tensor, "b"]]:
    """Give each sample the place of its label in the list, and whether it is in the list."""
    labels, order = labels.sort()
    at = torch.searchsorted(labels, y.contiguous()).clamp(max=len(labels) - 1)
    return order[at], labels[at] == y


def confusion_matrix(
    y_true: Labels,
    y_pred: Labels,
    *,
    labels: Integer[Tensor, "k"] | None = None,
    normalize: str | None = None,
) -> Real[Tensor, "k k"]:
    """Count in row i and column j the samples of the i-th label that were taken for the j-th.

    Args:
        y_true: what the samples are.
        y_pred: what they were taken for.
        labels: the labels in the order of the rows; without them, all that occur, sorted. Samples
            with another label are left out.
        normalize: "true", "pred" or "all" divides each count by the sum of its row, of its column,
            or of all; 0 / 0 is 0.

    Raises:
        ValueError: if a label is listed twice or none of them occurs in ``y_true``, or for an
            unknown ``normalize``.

    >>> confusion_matrix(torch.tensor([0, 0, 0, 1]), torch.tensor([0, 0, 1, 1])).tolist()
    [[2, 1], [0, 1]]
    """
    y_true, y_pred = as_labels(y_true, y_pred)
    labels = torch.cat([y_true, y_pred]).unique() if labels is None else labels.cpu()
    _refuse_labels(labels, y_true)
    row, listed = find_places(y_true, labels)
    column, listed_too = find_places(y_pred, labels)
    both, k = listed & listed_too, len(labels)
    counts = torch.bincount(row[both] * k + column[both], minlength=k * k)
    return _normalized(counts.reshape(k, k), normalize)


def _refuse_labels(labels: Tensor, y_true: Tensor) -> None:
    if len(labels.unique()) < len(labels):
        raise ValueError(f"labels {labels.tolist()} names a label twice")
    if not torch.isin(y_true, labels).any():
        raise ValueError(f"none of the labels {labels.tolist()} occurs in y_true")


def _normalized(counts: Tensor, normalize: str | None) -> Tensor:
    if normalize is None:
        return counts
    if normalize not in NORMALIZE:
        raise ValueError(f'normalize is "{normalize}"; say "true", "pred" or "all"')
    total = counts.sum(dim=NORMALIZE[normalize], keepdim=True)
    return counts.double() / total.clamp(min=1)  # an empty row is 0 above as well


def accuracy_score(
    y_true: Labels, y_pred: Labels, *, normalize: bool = True
) -> float | int:
    """Give the share of answers that are right, or their number if not ``normalize``.

    >>> accuracy_score(torch.tensor([0, 0, 0, 1]), torch.tensor([0, 0, 1, 1]))
    0.75
    """
    y_true, y_pred = as_labels(y_true, y_pred)
    right = int((y_true == y_pred).sum())
    return right / len(y_true) if normalize else right
