"""Retrieval: precision against recall, and average precision.

Someone who searches looks at the list from its top. How pure is it when half of what there is has
been found? Unlike the ROC curve, the answer knows how many negatives there are to hide among.

Axes:   b samples, t thresholds
Paper:  Davis & Goadrich 2006, "The relationship between precision-recall and ROC curves"
Torch:  none; sklearn.metrics.precision_recall_curve, average_precision_score
"""

import torch
from jaxtyping import Float
from torch import Tensor

from .labels import Labels, Scores, one_against_other
from .thresholds import confusion_matrix_at_thresholds
from .undefined import warn_undefined

__all__ = ["average_precision_score", "precision_recall_curve"]


def precision_recall_curve(
    y_true: Labels, y_score: Scores, *, pos_label: int | None = None
) -> tuple[Float[Tensor, "t1"], Float[Tensor, "t1"], Float[Tensor, "t"]]:
    """Give for every threshold ``TP / (TP + FP)`` and ``TP / (TP + FN)``, from the lowest up.

    Returns:
        Precisions and recalls, and rising thresholds. Both curves end in one point more, precision
        1 at recall 0, which belongs to no threshold. Without positive samples every other recall
        is 1, with a warning.

    Raises:
        ValueError: if the labels are not 0 and 1, or -1 and 1, and ``pos_label`` is not said.

    >>> y_true, y_score = torch.tensor([1, 0, 1, 0]), torch.tensor([0.9, 0.8, 0.7, 0.6])
    >>> precision, recall, thresholds = precision_recall_curve(y_true, y_score)
    >>> recall.tolist(), precision[[0, 2, 3, 4]].tolist()
    ([1.0, 1.0, 0.5, 0.5, 0.0], [0.5, 0.5, 1.0, 1.0])
    """
    _, fps, _, tps, thresholds = confusion_matrix_at_thresholds(
        y_true, y_score, pos_label=pos_label
    )
    precision = tps.double() / (tps + fps)  # a threshold is a score: it is never empty
    if tps[-1] == 0:
        warn_undefined("recall is undefined without positive samples and set to 1")
        recall = torch.ones_like(precision)
    else:
        recall = tps.double() / tps[-1]
    end = precision.new_tensor([1.0]), recall.new_tensor([0.0])
    return (
        torch.cat([precision.flip(0), end[0]]),
        torch.cat([recall.flip(0), end[1]]),
        thresholds.flip(0),
    )


def average_precision_score(
    y_true: Labels, y_score: Scores, *, pos_label: int = 1
) -> float:
    """Sum the precisions, each times the recall that its threshold adds: steps, not trapezoids.

    ``sum over t of (R_t - R_(t-1)) P_t``, the thresholds falling. Without positive samples it is 0,
    with a warning.

    Raises:
        ValueError: if there are more than two labels, or two of which neither is ``pos_label``.

    >>> y_true, y_score = torch.tensor([1, 0, 1, 0]), torch.tensor([0.9, 0.8, 0.7, 0.6])
    >>> average_precision_score(y_true, y_score)  # 1/2 · 1/1 + 1/2 · 2/3
    0.8333333333333333
    """
    one_against_other(y_true, y_score, pos_label)
    precision, recall, _ = precision_recall_curve(y_true, y_score, pos_label=pos_label)
    return max(0.0, -(recall.diff() * precision[:-1]).sum().item())  # never -0.0
