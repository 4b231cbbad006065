"""Checks of the exercise on regions of interest, in the order of its tasks.

Each task is a draw of cases, a reference and the wrong answers known by name. The references are
the package's own functions, which the tests hold equal to torchvision.
"""

from .aligning import bilinear, roi_align, sample_points
from .coding import encode_boxes
from .pooling import roi_bin, roi_pool

__all__ = [
    "bilinear",
    "encode_boxes",
    "roi_align",
    "roi_bin",
    "roi_pool",
    "sample_points",
]
