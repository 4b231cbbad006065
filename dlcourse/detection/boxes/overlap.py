"""Overlap: intersection over union of every box with every other.

The formula is cheap, and what it costs is memory traffic: n by m numbers are read and written once
for each of its steps. So the four coordinates are laid out as four rows, which the processor reads
eight numbers at a time, and the table is made in tiles small enough to stay in its cache.

Axes:   n m boxes; leading axes are batches
Paper:  Everingham, Van Gool, Williams, Winn & Zisserman 2010, "The Pascal Visual Object Classes
        (VOC) challenge"
Torch:  torchvision.ops.box_iou, which makes tables n m 2 of all pairs of corners
"""

import torch
from jaxtyping import Float
from torch import Tensor

from .refusals import refuse_boxes, upcast

__all__ = ["box_iou", "in_tiles", "meet", "ratio", "refuse_pair", "rows"]

TILE = 1 << 16
"""Pairs of a tile: 256 KiB of float32, so that the few tables of one step stay in the cache."""


def rows(boxes: Float[Tensor, "*b n 4"]) -> Float[Tensor, "*b 4 n"]:
    """Lay out all left edges next to each other, then all upper ones, and so on."""
    return upcast(boxes).mT.contiguous()


def meet(
    rows1: Float[Tensor, "*b 4 n"], rows2: Float[Tensor, "*b 4 m"]
) -> tuple[Float[Tensor, "*b n m"], Float[Tensor, "*b n m"]]:
    """Compute intersection and union of all pairs, in place wherever a number is used up.

    >>> one, other = torch.tensor([[[0.0], [0], [4], [2]], [[2.0], [0], [6], [2]]])
    >>> meet(one, other)
    (tensor([[4.]]), tensor([[12.]]))
    """
    left1, top1, right1, bottom1 = rows1.unsqueeze(-1).unbind(-3)  # each b n 1
    left2, top2, right2, bottom2 = rows2.unsqueeze(-2).unbind(-3)  # each b 1 m
    width = torch.minimum(right1, right2).sub_(torch.maximum(left1, left2))
    height = torch.minimum(bottom1, bottom2).sub_(torch.maximum(top1, top2))
    intersection = width.clamp_(min=0).mul_(height.clamp_(min=0))
    area1 = (right1 - left1) * (bottom1 - top1)
    area2 = (right2 - left2) * (bottom2 - top2)
    return intersection, (area1 + area2).sub_(intersection)


def refuse_pair(boxes1: Tensor, boxes2: Tensor) -> None:
    """Refuse two tables of which one does not hold boxes, or whose batches differ."""
    refuse_boxes(boxes1, "boxes1")
    refuse_boxes(boxes2, "boxes2")
    if boxes1.shape[:-2] != boxes2.shape[:-2]:
        raise ValueError(
            f"boxes1 has the batch axes {tuple(boxes1.shape[:-2])} and boxes2 has "
            f"{tuple(boxes2.shape[:-2])}; they must be the same"
        )


def in_tiles(measure, boxes1: Tensor, boxes2: Tensor) -> Tensor:
    """Measure all pairs, as many rows of the table at a time as one tile holds."""
    rows1, rows2 = rows(boxes1), rows(boxes2)
    step = max(1, TILE // max(1, rows2.shape[-1]))
    tiles = [measure(tile, rows2) for tile in rows1.split(step, dim=-1)]
    return tiles[0] if len(tiles) == 1 else torch.cat(tiles, dim=-2)


def ratio(
    rows1: Float[Tensor, "*b 4 n"], rows2: Float[Tensor, "*b 4 m"]
) -> Float[Tensor, "*b n m"]:
    """Divide intersection by union, for all pairs of one tile."""
    intersection, union = meet(rows1, rows2)
    return intersection.div_(union)


def box_iou(
    boxes1: Float[Tensor, "*b n 4"], boxes2: Float[Tensor, "*b m 4"]
) -> Float[Tensor, "*b n m"]:
    """Divide the area that two boxes share by the area they cover together, for all pairs.

    Two boxes without area cover nothing together; their ratio is NaN, as in torchvision.

    Args:
        boxes1: corners ``x1, y1, x2, y2`` in pixels.
        boxes2: others, with the same batch axes.

    Raises:
        TypeError: if the boxes are not floating point tensors.
        ValueError: if a box has its corners in the wrong order, or the batch axes differ.

    >>> boxes = torch.tensor([[0.0, 0, 4, 2], [2, 0, 6, 2], [4, 0, 6, 2]])
    >>> box_iou(boxes[:1], boxes)  # the first two share 4 of 12, the last only touches
    tensor([[1.0000, 0.3333, 0.0000]])
    """
    refuse_pair(boxes1, boxes2)
    return in_tiles(ratio, boxes1, boxes2)
