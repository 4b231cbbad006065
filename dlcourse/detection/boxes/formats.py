"""Formats: four numbers that say where a box is, in three conventions.

Corners make overlaps simple, a corner with sides is how COCO stores a box, and the centre with
sides is what a network predicts: a shift and a stretch do not disturb each other there.

Axes:   n boxes; leading axes are batches
Paper:  Lin, Maire, Belongie, Hays, Perona, Ramanan, Dollár & Zitnick 2014, "Microsoft COCO: common
        objects in context" (corner and sides)
Torch:  torchvision.ops.box_convert, which also knows turned boxes
"""

import torch
from jaxtyping import Float
from torch import Tensor

from .refusals import refuse_boxes

__all__ = ["box_convert"]

FORMATS = ("xyxy", "xywh", "cxcywh")


def _to_corners(boxes: Tensor, fmt: str) -> Tensor:
    if fmt == "xyxy":
        return boxes
    place, sides = boxes[..., :2], boxes[..., 2:]
    first = place if fmt == "xywh" else place - 0.5 * sides
    return torch.cat([first, first + sides], dim=-1)


def _from_corners(boxes: Tensor, fmt: str) -> Tensor:
    if fmt == "xyxy":
        return boxes.clone()
    first, last = boxes[..., :2], boxes[..., 2:]
    place = first if fmt == "xywh" else (first + last) / 2
    return torch.cat([place, last - first], dim=-1)


def box_convert(
    boxes: Float[Tensor, "*b n 4"], in_fmt: str, out_fmt: str
) -> Float[Tensor, "*b n 4"]:
    """Rewrite boxes from one convention in another, by way of the corners.

    Args:
        boxes: boxes in pixels.
        in_fmt: ``xyxy`` (corners), ``xywh`` (upper left corner and sides) or ``cxcywh`` (centre and
            sides).
        out_fmt: one of the same.

    Raises:
        TypeError: if the boxes are not a floating point tensor.
        ValueError: if a format is unknown, or what comes in has a side below zero.

    >>> box_convert(torch.tensor([[2.0, 4.0, 8.0, 6.0]]), "xyxy", "cxcywh").tolist()
    [[5.0, 5.0, 6.0, 2.0]]
    """
    for fmt in (in_fmt, out_fmt):
        if fmt not in FORMATS:
            raise ValueError(f"format {fmt!r} is none of {', '.join(FORMATS)}")
    if in_fmt == "xyxy":
        refuse_boxes(boxes)
    corners = _to_corners(boxes, in_fmt)
    refuse_boxes(corners, "the corners of boxes")
    return _from_corners(corners, out_fmt)
