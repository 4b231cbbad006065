"""Boxes: rectangles along the axes, and how well one lies on another.

A detector answers with boxes, and so every part of it has to compare them: an anchor with an
object, a detection with another detection, a detection with the truth. Four numbers and one ratio
carry it all.

Read in this order, parts before the whole:

    definition   intersection over union of two boxes, as one would do it on paper
    refusals     what is not a box, and how it is said
    formats      corners, corner and sides, centre and sides
    area         area, clipping to an image, boxes too small to keep
    overlap      box_iou: every box with every other, in tiles that stay in the cache
    apart        generalized, distance and complete IoU, which also tell boxes that do not touch

Axes:   n m boxes, 4 the corners x1, y1, x2, y2 in pixels; leading axes are batches
Paper:  Jaccard 1901, "Étude comparative de la distribution florale dans une portion des Alpes et
        des Jura" (the ratio); Everingham, Van Gool, Williams, Winn & Zisserman 2010, "The Pascal
        Visual Object Classes (VOC) challenge" (its use on boxes)
Torch:  torchvision.ops.box_convert, box_area, box_iou, generalized_box_iou, distance_box_iou,
        complete_box_iou, clip_boxes_to_image, remove_small_boxes
"""

from .apart import complete_box_iou, distance_box_iou, generalized_box_iou
from .area import box_area, clip_boxes_to_image, remove_small_boxes
from .definition import iou
from .formats import box_convert
from .overlap import box_iou
from .refusals import refuse_boxes

__all__ = [
    "box_area",
    "box_convert",
    "box_iou",
    "clip_boxes_to_image",
    "complete_box_iou",
    "distance_box_iou",
    "generalized_box_iou",
    "iou",
    "refuse_boxes",
    "remove_small_boxes",
]
