"""Checks of the augmentation exercise, in the order of its tasks."""

from .crops import cutout, ten_crop
from .fitting import standardize, zca_whiten
from .mixing import mixup
from .places import bilinear, rotate

__all__ = [
    "bilinear",
    "cutout",
    "mixup",
    "rotate",
    "standardize",
    "ten_crop",
    "zca_whiten",
]
