"""Apart: measures that go on falling when two boxes no longer meet.

IoU is 0 for all boxes that do not meet, near ones and far ones alike, so a loss of 1 - IoU has no
slope there. Each of the three measures takes off a penalty that grows with the distance.

Axes:   n m boxes; leading axes are batches
Paper:  Rezatofighi, Tsoi, Gwak, Sadeghian, Reid & Savarese 2019, "Generalized intersection over
        union: a metric and a loss for bounding box regression"; Zheng, Wang, Liu, Li, Ye & Ren
        2020, "Distance-IoU loss: faster and better learning for bounding box regression"
Torch:  torchvision.ops.generalized_box_iou, distance_box_iou, complete_box_iou
"""

import math
from functools import partial

import torch
from jaxtyping import Float
from torch import Tensor

from .overlap import in_tiles, meet, refuse_pair

__all__ = ["complete_box_iou", "distance_box_iou", "generalized_box_iou"]


def _enclosing(rows1: Tensor, rows2: Tensor) -> tuple[Tensor, Tensor]:
    """Width and height of the smallest box around both."""
    left1, top1, right1, bottom1 = rows1.unsqueeze(-1).unbind(-3)  # each b n 1
    left2, top2, right2, bottom2 = rows2.unsqueeze(-2).unbind(-3)  # each b 1 m
    width = torch.maximum(right1, right2).sub_(torch.minimum(left1, left2))
    height = torch.maximum(bottom1, bottom2).sub_(torch.minimum(top1, top2))
    return width, height


def _generalized(rows1: Tensor, rows2: Tensor) -> Tensor:
    intersection, union = meet(rows1, rows2)
    width, height = _enclosing(rows1, rows2)
    around = width * height
    return intersection / union - (around - union) / around


def generalized_box_iou(
    boxes1: Float[Tensor, "*b n 4"], boxes2: Float[Tensor, "*b m 4"]
) -> Float[Tensor, "*b n m"]:
    """Take off the IoU the share of the smallest box around both that neither covers.

    ``IoU - (C - union) / C``, with C the area of the box around both; from -1 to 1.

    Args:
        boxes1: corners ``x1, y1, x2, y2`` in pixels.
        boxes2: others, with the same batch axes.

    Raises:
        TypeError: if the boxes are not floating point tensors.
        ValueError: if a box has its corners in the wrong order, or the batch axes differ.

    >>> near, far = torch.tensor([[2.0, 0, 4, 2]]), torch.tensor([[6.0, 0, 8, 2]])
    >>> box = torch.tensor([[0.0, 0, 2, 2]])
    >>> generalized_box_iou(box, near).item(), generalized_box_iou(box, far).item()
    (0.0, -0.5)
    """
    refuse_pair(boxes1, boxes2)
    return in_tiles(_generalized, boxes1, boxes2)


def _centres(rows: Tensor) -> tuple[Tensor, Tensor]:
    left, top, right, bottom = rows.unbind(-2)
    return (left + right) / 2, (top + bottom) / 2


def _distance(rows1: Tensor, rows2: Tensor, eps: float) -> tuple[Tensor, Tensor]:
    """Distance IoU, and the IoU itself."""
    intersection, union = meet(rows1, rows2)
    width, height = _enclosing(rows1, rows2)
    (x1, y1), (x2, y2) = _centres(rows1), _centres(rows2)
    across = x1.unsqueeze(-1) - x2.unsqueeze(-2)
    down = y1.unsqueeze(-1) - y2.unsqueeze(-2)
    diagonal = width.square() + height.square() + eps
    iou = intersection / union
    return iou - (across.square() + down.square()) / diagonal, iou


def distance_box_iou(
    boxes1: Float[Tensor, "*b n 4"], boxes2: Float[Tensor, "*b m 4"], eps: float = 1e-7
) -> Float[Tensor, "*b n m"]:
    """Take off the IoU the squared distance of the centres, over the squared diagonal around both.

    Args:
        boxes1: corners ``x1, y1, x2, y2`` in pixels.
        boxes2: others, with the same batch axes.
        eps: added to the diagonal, in square pixels, so that two points do not divide by zero.

    Raises:
        TypeError: if the boxes are not floating point tensors.
        ValueError: if a box has its corners in the wrong order, or the batch axes differ.

    >>> box, inside = torch.tensor([[0.0, 0, 8, 6]]), torch.tensor([[0.0, 0, 4, 3]])
    >>> distance_box_iou(box, inside).item()  # a quarter, less 2.5^2 / 10^2
    0.1875
    """
    refuse_pair(boxes1, boxes2)
    return in_tiles(lambda *pair: _distance(*pair, eps)[0], boxes1, boxes2)


def _angle(rows: Tensor) -> Tensor:
    """Shape of a box as the angle of its diagonal: atan(width / height)."""
    left, top, right, bottom = rows.unbind(-2)
    return torch.atan((right - left) / (bottom - top))


def _complete(rows1: Tensor, rows2: Tensor, eps: float) -> Tensor:
    distance, iou = _distance(rows1, rows2, eps)
    turn = _angle(rows1).unsqueeze(-1) - _angle(rows2).unsqueeze(-2)
    shape = (2 / math.pi * turn).square()
    # The weight counts the shape only as far as the boxes meet; it is not learned through.
    weight = (shape / (1 - iou + shape + eps)).detach()
    return distance - weight * shape


def complete_box_iou(
    boxes1: Float[Tensor, "*b n 4"], boxes2: Float[Tensor, "*b m 4"], eps: float = 1e-7
) -> Float[Tensor, "*b n m"]:
    """Take off the distance IoU also what the shapes differ by.

    ``DIoU - a v``, with ``v = (2/pi (atan(w1/h1) - atan(w2/h2)))^2`` and
    ``a = v / (1 - IoU + v + eps)``, which has no gradient.

    Args:
        boxes1: corners ``x1, y1, x2, y2`` in pixels.
        boxes2: others, with the same batch axes.
        eps: keeps both denominators from zero.

    Raises:
        TypeError: if the boxes are not floating point tensors.
        ValueError: if a box has its corners in the wrong order, or the batch axes differ.

    >>> boxes = torch.tensor([[0.0, 0, 8, 6], [0, 0, 4, 3]])  # of one shape
    >>> bool(complete_box_iou(boxes, boxes)[0, 1] == distance_box_iou(boxes, boxes)[0, 1])
    True
    """
    refuse_pair(boxes1, boxes2)
    return in_tiles(partial(_complete, eps=eps), boxes1, boxes2)
