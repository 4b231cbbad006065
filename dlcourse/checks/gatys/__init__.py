"""Checks of the exercise on style transfer, in the order of its tasks."""

from .losses import content_loss, gram_matrix, style_loss
from .painting import pixel_gradient, total_cost
from .step import descent_step

__all__ = [
    "content_loss",
    "descent_step",
    "gram_matrix",
    "pixel_gradient",
    "style_loss",
    "total_cost",
]
