"""Checks of the metrics exercise, in the order of its tasks.

Three tasks count given answers, and four read lists of scores. The references are the package's own
functions, which the tests hold equal to scikit-learn.
"""

from .agreement import macro_f, precision_recall
from .confusion import confusion_matrix
from .retrieval import average_precision, interpolate
from .roc import roc_auc, roc_points

__all__ = [
    "average_precision",
    "confusion_matrix",
    "interpolate",
    "macro_f",
    "precision_recall",
    "roc_auc",
    "roc_points",
]
