"""Definition: intersection over union of two boxes, as one would do it on paper.

The area of what two boxes share, over the area of what they cover together: 0 if they do not meet,
1 if they are the same, and the same number for a picture of any size.

Axes:   none; a box is four numbers
Paper:  Jaccard 1901, "Étude comparative de la distribution florale dans une portion des Alpes et
        des Jura"
Torch:  torchvision.ops.box_iou, for one pair
"""

from collections.abc import Sequence

__all__ = ["iou"]


def _shared(start1: float, end1: float, start2: float, end2: float) -> float:
    """Find the length that two stretches of a line have in common."""
    return max(0.0, min(end1, end2) - max(start1, start2))


def iou(box1: Sequence[float], box2: Sequence[float]) -> float:
    """Divide the area that two boxes share by the area that they cover together.

    ``intersection / (area1 + area2 - intersection)``: what is shared would count twice.

    Args:
        box1: ``x1, y1, x2, y2`` in pixels, with ``x1 <= x2`` and ``y1 <= y2``.
        box2: the other box.

    Raises:
        ZeroDivisionError: if both boxes have no area.

    >>> iou((0.0, 0.0, 4.0, 2.0), (2.0, 0.0, 6.0, 2.0))  # they share 4 of 12 pixels
    0.3333333333333333
    """
    left1, top1, right1, bottom1 = box1
    left2, top2, right2, bottom2 = box2
    width = _shared(left1, right1, left2, right2)
    height = _shared(top1, bottom1, top2, bottom2)
    area1 = (right1 - left1) * (bottom1 - top1)
    area2 = (right2 - left2) * (bottom2 - top2)
    return width * height / (area1 + area2 - width * height)
