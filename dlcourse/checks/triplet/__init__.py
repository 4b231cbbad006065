"""Checks of the triplet exercise, in the order of its tasks.

Each task is a draw of cases, a reference and the wrong answers known by name. The references are
the package's own functions, which the tests hold equal to torch, SciPy and plain loops.
"""

from .batch import batch_all_loss, semi_hard_loss
from .loss import triplet_loss
from .mining import hardest, semi_hard
from .pairs import normalized, squared_distances

__all__ = [
    "batch_all_loss",
    "hardest",
    "normalized",
    "semi_hard",
    "semi_hard_loss",
    "squared_distances",
    "triplet_loss",
]
