"""Levels: anchors on every map of the pyramid, small on the fine ones and large on the coarse.

Objects need not be sorted by size beforehand: each level proposes boxes of its own size, in three
steps within the octave and three shapes, and an object belongs to whatever level holds an anchor
that it overlaps.

Axes:   n anchors, or boxes; h w cells of a map
Paper:  Lin, Goyal, Girshick, He & Dollár 2017, "Focal loss for dense object detection", section 4
Torch:  torchvision.models.detection.anchor_utils.AnchorGenerator, which rounds corners to
        whole pixels and lays anchors around the corner of a cell; torchvision.ops.poolers
        .LevelMapper
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcourse.detection.anchors import base_anchors, grid_anchors
from dlcourse.detection.boxes import box_area

__all__ = [
    "SIDES",
    "STRIDES",
    "anchors_of_levels",
    "bases_of_levels",
    "levels_of_boxes",
]

SIDES = (32, 64, 128, 256, 512)
"""Side in pixels of the smallest square anchor of P3 to P7; the areas are their squares."""

STRIDES = (8, 16, 32, 64, 128)
"""Pixels of the image from one cell of P3 to P7 to the next."""


def bases_of_levels(
    sides: Sequence[float | int] = SIDES,
    aspect_ratios: Sequence[float] = (0.5, 1.0, 2.0),
    octave: int = 3,
    *,
    whole: bool = False,
) -> list[Float[Tensor, "n 4"]]:
    """Make the anchors of a cell for each level: every side times ``2 ** (i / octave)``.

    Args:
        sides: in pixels, one a level.
        aspect_ratios: height over width.
        octave: sizes from one level's side up to the next level's, which is left to that level.
        whole: cut sizes and round corners to whole pixels, as torchvision does.

    >>> bases = bases_of_levels()
    >>> len(bases), len(bases[0]), bases[0][3].tolist()  # the square of the first size
    (5, 9, [-16.0, -16.0, 16.0, 16.0])
    """
    steps = [2 ** (i / octave) for i in range(octave)]
    sizes = [[side * step for step in steps] for side in sides]
    if whole:
        cut = [[float(int(size)) for size in level] for level in sizes]
        return [base_anchors(level, aspect_ratios).round() for level in cut]
    return [base_anchors(level, aspect_ratios) for level in sizes]


def anchors_of_levels(
    sizes: Sequence[tuple[int, int]],
    strides: Sequence[int],
    bases: Sequence[Float[Tensor, "_ 4"]],
    offset: float = 0.5,
) -> list[Float[Tensor, "_ 4"]]:
    """Put the anchors of each level on all cells of its map.

    Args:
        sizes: cells of each map, rows and columns.
        strides: pixels from one cell to the next.
        bases: of :func:`bases_of_levels`.
        offset: where in its cell an anchor has its centre; torchvision's 0 is the corner.

    >>> levels = anchors_of_levels([(2, 2), (1, 1)], [8, 16], [torch.zeros(1, 4)] * 2)
    >>> [len(level) for level in levels]
    [4, 1]
    """
    return [
        grid_anchors(size, float(stride), base, offset)
        for size, stride, base in zip(sizes, strides, bases, strict=True)
    ]


def levels_of_boxes(
    boxes: Float[Tensor, "n 4"],
    lowest: int = 2,
    highest: int = 5,
    canonical_scale: float = 224.0,
    canonical_level: int = 4,
) -> Int[Tensor, "n"]:
    """Choose one level for each box by its size: the other way to divide objects among levels.

    Faster R-CNN on a pyramid pools a proposal from level
    ``floor(4 + log2(sqrt(area) / 224))``: half the side, one level finer. RetinaNet has no need of
    it, for its anchors say where an object belongs.

    Args:
        boxes: in pixels.
        lowest: the finest level there is.
        highest: the coarsest.
        canonical_scale: the root of the area that goes to ``canonical_level``.
        canonical_level: 4, which is where the crops of ImageNet's 224 pixels belong.

    >>> sides = torch.tensor([[7.0], [112.0], [224.0], [900.0]])
    >>> levels_of_boxes(torch.cat([0 * sides, 0 * sides, sides, sides], dim=1)).tolist()
    [2, 3, 4, 5]
    """
    side = box_area(boxes).sqrt()
    # A hair more, as torchvision adds, so that rounding drops no box below its level.
    levels = canonical_level + torch.log2(side / canonical_scale) + 1e-6
    return levels.floor().clamp(lowest, highest).long()
