"""Checks of the margins exercise, in the order of its tasks."""

from .additive import add_angle, arcface_logits
from .cosine import cosface_logits
from .directions import cosines, sines
from .multiple import psi, sphereface_logits

__all__ = [
    "add_angle",
    "arcface_logits",
    "cosface_logits",
    "cosines",
    "psi",
    "sines",
    "sphereface_logits",
]
