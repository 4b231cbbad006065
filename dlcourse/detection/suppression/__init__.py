"""Suppression: of many detections of one object, keep the best.

A detector looks at every place, and neighbouring places see the same object. So it answers with a
heap of boxes where one was asked for. Non-maximum suppression keeps a box if no better one lies on
it; soft-NMS lowers the score of the others and throws none away.

Read in this order, parts before the whole:

    definition   the rule, box by box
    refusals     counts that differ, thresholds out of range
    greedy       nms: the same answer, a block of boxes at a time
    classes      batched_nms: only boxes of one class suppress each other
    soft         soft_nms: lower the score in place of throwing away
    crowd        a small detector whose heap of boxes the chapter works on
    pretrain     the script that it learned by

Axes:   n boxes, m those that are kept
Paper:  Felzenszwalb, Girshick, McAllester & Ramanan 2010, "Object detection with discriminatively
        trained part-based models"; Bodla, Singh, Chellappa & Davis 2017, "Soft-NMS: improving
        object detection with one line of code"
Torch:  torchvision.ops.nms, batched_nms; none for soft-NMS
"""

from .classes import batched_nms
from .crowd import CROWDED, Crowd, crowd_pretrained
from .definition import nms_by_rule
from .greedy import nms
from .soft import METHODS, soft_nms

__all__ = [
    "CROWDED",
    "METHODS",
    "Crowd",
    "batched_nms",
    "crowd_pretrained",
    "nms",
    "nms_by_rule",
    "soft_nms",
]
