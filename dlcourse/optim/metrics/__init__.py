"""Metrics: say how good answers are, when some mistakes matter more than others.

A loss is made for gradients. A metric is made for people: it counts mistakes by their kind, and
different kinds ask for different numbers.

Read in this order, parts before the whole:

    labels         what labels and scores a metric accepts, and which are positive
    undefined      what to answer where a quotient is 0 / 0
    confusion      who was taken for whom, and the share that is right
    averaging      the counts behind precision and recall, and one number out of several classes
    agreement      precision, recall and F of given answers
    thresholds     every confusion matrix that a list of scores can give
    roc            the share found against the share falsely found, and the area below
    retrieval      precision against recall, and average precision
    interpolation  average precision as the VOC challenge defines it
    twenty         a list of twenty images, small enough to work by hand

Every answer lies on the CPU and is computed in whole counts and double precision.

Paper:  van Rijsbergen 1979, "Information retrieval" (F); Hanley & McNeil 1982, "The meaning and use
        of the area under a receiver operating characteristic (ROC) curve"; Everingham et al. 2010,
        "The PASCAL visual object classes (VOC) challenge"
Torch:  none; sklearn.metrics, whose names and answers these are
"""

from .agreement import f1_score, fbeta_score, precision_score, recall_score
from .confusion import accuracy_score, confusion_matrix
from .interpolation import interpolated_average_precision
from .retrieval import average_precision_score, precision_recall_curve
from .roc import auc, roc_auc_score, roc_curve
from .thresholds import confusion_matrix_at_thresholds
from .twenty import TWENTY_LABELS, TWENTY_SCORES

__all__ = [
    "TWENTY_LABELS",
    "TWENTY_SCORES",
    "accuracy_score",
    "auc",
    "average_precision_score",
    "confusion_matrix",
    "confusion_matrix_at_thresholds",
    "f1_score",
    "fbeta_score",
    "interpolated_average_precision",
    "precision_recall_curve",
    "precision_score",
    "recall_score",
    "roc_auc_score",
    "roc_curve",
]
