"""Checks of the overlap exercise, in the order of its tasks.

Each task is a draw of cases, a reference and the wrong answers known by name. The references are
the package's own functions, which the tests hold equal to scikit-learn and scipy.
"""

from .masks import boundary, boundary_f, dice
from .soft import soft_areas, soft_dice_loss
from .tables import confusion_matrix, iou, mean_iou

__all__ = [
    "boundary",
    "boundary_f",
    "confusion_matrix",
    "dice",
    "iou",
    "mean_iou",
    "soft_areas",
    "soft_dice_loss",
]
