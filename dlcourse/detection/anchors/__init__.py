"""Anchors: boxes of set shapes at every cell of a map, from which a detector starts to measure.

A network answers with a fixed number of numbers, and an image holds any number of objects. Anchors
give each answer a place and a shape of its own, so that training only has to say which of them
stand for an object and how far each is from it.

Read in this order, parts before the whole:

    refusals   what no function here accepts
    shapes     one cell's boxes, from scales and aspect ratios
    grid       the same shapes at every cell of a map
    defaults   the default boxes of SSD, over several maps
    clusters   shapes learned from the boxes of a training set, by 1 - IoU
    coding     a box as four numbers relative to its anchor, and back
    matching   which anchor stands for which object: Faster R-CNN, SSD, YOLO

Paper:  Ren, He, Girshick & Sun 2015, "Faster R-CNN: towards real-time object detection with region
        proposal networks"; every file names its own
Torch:  torchvision.models.detection.anchor_utils; BoxCoder, Matcher and SSDMatcher of its _utils
"""

from .clusters import kmeans_anchors, mean_best_iou, shape_iou
from .coding import decode_boxes, encode_boxes
from .defaults import default_boxes, default_scales, default_shapes
from .grid import grid_anchors
from .matching import BACKGROUND, IGNORED, match, match_best, match_one, responsible
from .shapes import base_anchors

__all__ = [
    "BACKGROUND",
    "IGNORED",
    "base_anchors",
    "decode_boxes",
    "default_boxes",
    "default_scales",
    "default_shapes",
    "encode_boxes",
    "grid_anchors",
    "kmeans_anchors",
    "match",
    "match_best",
    "match_one",
    "mean_best_iou",
    "responsible",
    "shape_iou",
]
