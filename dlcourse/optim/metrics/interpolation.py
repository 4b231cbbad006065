"""Interpolation: average precision as the VOC challenge defines it.

Precision jumps up and down along the list. Its interpolation asks for the best that is still to
come: at recall r the largest precision at any recall r' >= r, which only falls.

Axes:   b samples, t thresholds, l levels of recall
Paper:  Everingham, Van Gool, Williams, Winn & Zisserman 2010, "The PASCAL visual object classes
        (VOC) challenge" (11 points); the development kit since 2010 (all points)
Torch:  none; scikit-learn has no interpolated form
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from .labels import Labels, Scores, one_against_other
from .thresholds import confusion_matrix_at_thresholds
from .undefined import warn_undefined

__all__ = ["interpolated_average_precision"]


def interpolated_average_precision(
    y_true: Labels,
    y_score: Scores,
    *,
    points: int | None = None,
    pos_label: int = 1,
) -> float:
    """Average, over levels of recall, the largest precision at that recall or above.

    Args:
        y_true: what the samples are.
        y_score: larger for samples that are more likely positive; equal scores enter together.
        points: 11 for the levels 0, 0.1, ..., 1 of VOC 2007, 101 for those of COCO; None for the
            recalls 1/M, 2/M, ..., 1 of M positives, the rule of VOC since 2010.
        pos_label: the positive label.

    Returns:
        A number from 0 to 1; 0 without positive samples, with a warning.

    Raises:
        ValueError: if ``points`` is below 2, there are more than two labels, or two of which
            neither is ``pos_label``.

    >>> y_true, y_score = torch.tensor([0, 1, 1]), torch.tensor([0.9, 0.8, 0.7])
    >>> interpolated_average_precision(y_true, y_score)  # 2/3 at recall 1, and so before it
    0.6666666666666666
    """
    if points is not None and points < 2:
        raise ValueError(f"points ({points}) must be at least 2, for recall 0 and 1")
    one_against_other(y_true, y_score, pos_label)
    _, fps, _, tps, _ = confusion_matrix_at_thresholds(
        y_true, y_score, pos_label=pos_label
    )
    if tps[-1] == 0:
        warn_undefined(
            "average precision is undefined without positive samples, set to 0"
        )
        return 0.0
    best = _best_to_come(tps.double() / (tps + fps))
    return best[_first_to_reach(tps, points)].mean().item()


def _best_to_come(precision: Float[Tensor, "t"]) -> Float[Tensor, "t"]:
    """Replace each precision by the largest from there to the end of the list."""
    return precision.flip(0).cummax(dim=0).values.flip(0)


def _first_to_reach(tps: Int[Tensor, "t"], points: int | None) -> Int[Tensor, "l"]:
    """Find for each level the first threshold whose recall is at least as large.

    Both sides are whole numbers, since 3/10 and 0.3 may differ in their last digit.
    """
    positives = tps[-1]
    if points is None:
        return torch.searchsorted(tps, torch.arange(1, int(positives) + 1))
    levels = torch.arange(points) * positives
    return torch.searchsorted(tps * (points - 1), levels)
