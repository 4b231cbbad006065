"""Precision: how good a detector is, by what its detections find and what they miss.

A detection is right if it overlaps a thing of its class enough, and no surer one has found that
thing before. Sorted by score, detections draw a curve of precision against recall, and the area
below it, averaged over the classes, is the number by which detectors are compared.

Read in this order, parts before the whole:

    overlap   IoU of detections with truths, crowds counted in their own way
    matching  which truth each detection has found
    curve     precision and recall down the list, and average precision of 11, 101 or all points
    scenes    what is judged, and one class of it in all images side by side
    ranking   the detections of a class from all images in one list
    mean      average precision of each class, and their mean
    coco      the twelve numbers of the COCO challenge
    errors    of what kind each mistake is
    costs     how much average precision each kind takes away

Paper:  Everingham, Van Gool, Williams, Winn & Zisserman 2010, "The PASCAL visual object classes
        (VOC) challenge"; Lin et al. 2014, "Microsoft COCO: common objects in context"
Torch:  none; pycocotools.cocoeval
"""

from .coco import AREAS, COCO_THRESHOLDS, coco_summary
from .costs import Breakdown, error_breakdown
from .curve import average_precision, interpolated, precision_recall
from .errors import ERRORS, Judged, judge
from .matching import match_detections, match_one_image
from .mean import average_precisions, mean_average_precision
from .overlap import overlap
from .ranking import Ranking, rank_class

__all__ = [
    "AREAS",
    "COCO_THRESHOLDS",
    "ERRORS",
    "Breakdown",
    "Judged",
    "Ranking",
    "average_precision",
    "average_precisions",
    "coco_summary",
    "error_breakdown",
    "interpolated",
    "judge",
    "match_detections",
    "match_one_image",
    "mean_average_precision",
    "overlap",
    "precision_recall",
    "rank_class",
]
