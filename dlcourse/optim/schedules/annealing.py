"""Annealing: go from one value to another, along a line or along half a cosine.

The cosine leaves slowly, hurries in the middle and arrives slowly. At a falling rate that is a long
look around, and a long rest at the end.

Torch:  inside CosineAnnealingLR and OneCycleLR
"""

from math import cos, pi

from torch import Tensor

__all__ = ["ANNEALINGS", "along_cosine", "along_line"]

Value = float | Tensor


def along_line(start: Value, end: Value, share: float) -> Value:
    """Give the value after a share of the way: ``start + (end - start) share``.

    >>> [along_line(8.0, 4.0, share) for share in (0.0, 0.25, 1.0)]
    [8.0, 7.0, 4.0]
    """
    return start + (end - start) * share


def along_cosine(start: Value, end: Value, share: float) -> Value:
    """Give ``end + (start - end) (1 + cos(pi share)) / 2``.

    >>> [round(along_cosine(8.0, 4.0, share), 6) for share in (0.0, 1 / 3, 1 / 2, 1.0)]
    [8.0, 7.0, 6.0, 4.0]
    """
    return end + (start - end) * (1 + cos(pi * share)) / 2


ANNEALINGS = {"cos": along_cosine, "linear": along_line}
"""Both, under torch's names."""
