"""Checks of the anatomy exercise, in the order of its tasks."""

from .counts import conv_multiply_adds, conv_parameters
from .dense import dense_everywhere
from .tables import shapes, table
from .trades import heads, stacked

__all__ = [
    "conv_multiply_adds",
    "conv_parameters",
    "dense_everywhere",
    "heads",
    "shapes",
    "stacked",
    "table",
]
