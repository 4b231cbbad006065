"""Thresholds: every confusion matrix that a list of scores can give.

A score becomes an answer by a threshold, and only its order against the threshold counts. So n
samples have at most n + 1 different answers, and one sort finds them all.

Axes:   b samples, t thresholds
Torch:  none; sklearn.metrics.confusion_matrix_at_thresholds
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from .labels import Labels, Scores, as_scores, positives

__all__ = ["confusion_matrix_at_thresholds"]

Counts = Int[Tensor, "t"]
"""One kind of outcome, at each threshold."""


def confusion_matrix_at_thresholds(
    y_true: Labels, y_score: Scores, *, pos_label: int | None = None
) -> tuple[Counts, Counts, Counts, Counts, Float[Tensor, "t"]]:
    """Count the four outcomes of the answer ``y_score >= threshold``, for each score in turn.

    Returns:
        ``TN, FP, FN, TP`` and the thresholds, from the largest score to the smallest. Samples with
        equal scores pass a threshold together.

    Raises:
        ValueError: if the labels are not 0 and 1, or -1 and 1, and ``pos_label`` is not said.

    >>> y_true, y_score = torch.tensor([1, 0, 1]), torch.tensor([0.9, 0.5, 0.5])
    >>> [counts.tolist() for counts in confusion_matrix_at_thresholds(y_true, y_score)[:4]]
    [[1, 0], [0, 1], [1, 0], [1, 2]]
    """
    y_true, y_score = as_scores(y_true, y_score)
    scores, order = y_score.sort(descending=True, stable=True)
    # The last of each run of equal scores: only there may the list be cut.
    last = torch.cat([scores.diff() != 0, torch.tensor([True])])
    hits = positives(y_true, pos_label)[order]
    tps, fps = hits.cumsum(dim=0)[last], (~hits).cumsum(dim=0)[last]
    return fps[-1] - fps, fps, tps[-1] - tps, tps, scores[last]
