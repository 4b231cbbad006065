"""Checks of the anchors exercise, in the order of its tasks.

Two tasks lay boxes over an image, two write boxes relative to their anchors and back, two match
anchors and objects, and the last picks the negatives that SSD learns from.
"""

from .coding import decode, encode
from .laying import base_anchors, grid_anchors
from .matching import match, match_best
from .mining import hard_negatives

__all__ = [
    "base_anchors",
    "decode",
    "encode",
    "grid_anchors",
    "hard_negatives",
    "match",
    "match_best",
]
