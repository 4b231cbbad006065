"""Checks of the precision exercise, in the order of its tasks.

Each task is a draw of cases, a reference and the wrong answers known by name. The references are
the package's own functions, which the tests hold equal to pycocotools.
"""

from .averages import coco_average_precision, mean_average_precision
from .levels import average_precision, eleven_points, interpolated
from .listing import match_detections, precision_recall

__all__ = [
    "average_precision",
    "coco_average_precision",
    "eleven_points",
    "interpolated",
    "match_detections",
    "mean_average_precision",
    "precision_recall",
]
