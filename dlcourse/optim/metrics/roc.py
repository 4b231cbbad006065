"""ROC: the share of positives found against the share of negatives falsely found.

Each threshold is a point, and together they are a curve that no change of the classes' sizes moves.
The area below it is the probability that a positive outranks a negative.

Axes:   b samples, t thresholds
Paper:  Hanley & McNeil 1982, "The meaning and use of the area under a receiver operating
        characteristic (ROC) curve"; Fawcett 2006, "An introduction to ROC analysis"
Torch:  none; sklearn.metrics.roc_curve, auc, roc_auc_score
"""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor

from .labels import Labels, Scores, as_scores, at_most_two
from .thresholds import confusion_matrix_at_thresholds
from .undefined import divide, warn_undefined

__all__ = ["auc", "roc_auc_score", "roc_curve"]


def roc_curve(
    y_true: Labels,
    y_score: Scores,
    *,
    pos_label: int | None = None,
    drop_intermediate: bool = True,
) -> tuple[Float[Tensor, "t"], Float[Tensor, "t"], Float[Tensor, "t"]]:
    """Give for every threshold ``FP / (FP + TN)`` and ``TP / (TP + FN)``, from (0, 0) to (1, 1).

    Args:
        y_true: what the samples are.
        y_score: larger for samples that are more likely positive.
        pos_label: the positive label; 1 if the labels are 0 and 1, or -1 and 1.
        drop_intermediate: whether to leave out points that a straight line passes anyway.

    Returns:
        False positive rates, true positive rates, and falling thresholds, the first of them
        infinite. A rate without samples is nan, with a warning.

    Raises:
        ValueError: if the labels are others and ``pos_label`` is not said.

    >>> y_true, y_score = torch.tensor([1, 0, 1]), torch.tensor([0.9, 0.5, 0.4])
    >>> [rates.tolist() for rates in roc_curve(y_true, y_score)[:2]]
    [[0.0, 0.0, 1.0, 1.0], [0.0, 0.5, 0.5, 1.0]]
    """
    _, fps, _, tps, thresholds = confusion_matrix_at_thresholds(
        y_true, y_score, pos_label=pos_label
    )
    if drop_intermediate and len(tps) > 2:
        kept = _corners(fps, tps)
        fps, tps, thresholds = fps[kept], tps[kept], thresholds[kept]
    return (
        _rates(fps, "the false positive rate is undefined without negative samples"),
        _rates(tps, "the true positive rate is undefined without positive samples"),
        torch.cat([thresholds.new_tensor([math.inf]), thresholds]),
    )


def _corners(fps: Int[Tensor, "t"], tps: Int[Tensor, "t"]) -> Tensor:
    """Mark both ends and the points where the steps to either side differ."""
    turn = (fps.diff(n=2) != 0) | (tps.diff(n=2) != 0)
    return torch.nn.functional.pad(turn, (1, 1), value=True)


def _rates(counts: Int[Tensor, "t"], meaning: str) -> Float[Tensor, "t1"]:
    """Divide by the last count, and start from 0."""
    if counts[-1] == 0:
        warn_undefined(meaning)
    counts = torch.cat([counts.new_zeros(1), counts])
    return divide(counts, counts[-1:].expand_as(counts), meaning, math.nan)


def auc(x: Float[Tensor, "t"], y: Float[Tensor, "t"]) -> float:
    """Measure the area below the points of a curve, joined by straight lines.

    Raises:
        ValueError: if there are fewer than two points, or x turns around.

    >>> auc(torch.tensor([0.0, 0.5, 1.0]), torch.tensor([0.0, 1.0, 1.0]))
    0.75
    """
    if len(x) < 2 or x.shape != y.shape:
        raise ValueError(
            f"x has length {len(x)} and y {len(y)}; an area needs two points, and as many of both"
        )
    steps = x.diff()
    if (steps < 0).any() and (steps > 0).any():
        raise ValueError("x must rise or fall all along; it does both")
    area = torch.trapezoid(y.double(), x.double()).item()
    return -area if (steps < 0).any() else area


def roc_auc_score(y_true: Labels, y_score: Scores) -> float:
    """Measure the area below the ROC curve of the larger label.

    It is the share of all pairs of a positive and a negative in which the positive has the larger
    score, a tie counted half. With one label alone there is no pair: nan, with a warning.

    Raises:
        ValueError: if there are more than two labels.

    >>> roc_auc_score(torch.tensor([1, 0, 1]), torch.tensor([0.9, 0.5, 0.4]))  # 1 of 2 pairs
    0.5
    """
    y_true, y_score = as_scores(y_true, y_score)
    labels = at_most_two(y_true)
    if len(labels) == 1:
        warn_undefined(
            f"the area is undefined with one label alone; y_true holds {labels[0]} only"
        )
        return math.nan
    fpr, tpr, _ = roc_curve(y_true, y_score, pos_label=labels[-1])
    return auc(fpr, tpr)
