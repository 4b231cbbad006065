"""Show: figures as functions that take and return matplotlib ``Axes``, in one style."""

from .boxes import show_boxes
from .palette import BLUE, GREEN, INK, ORANGE, PURPLE, RED
from .pictures import panels, show_image, show_matrix, show_response
from .style import use_style

__all__ = [
    "BLUE",
    "GREEN",
    "INK",
    "ORANGE",
    "PURPLE",
    "RED",
    "panels",
    "show_boxes",
    "show_image",
    "show_matrix",
    "show_response",
    "use_style",
]
