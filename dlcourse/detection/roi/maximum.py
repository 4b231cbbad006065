"""Maximum: round the region to cells, and keep the largest cell of each bin.

Bins of many regions overlap, and a loop over them reads the same cells again and again. The maximum
does not mind: a bin of 5 cells is covered by two runs of 4, wherever they overlap. So the maxima of
all runs of 1, 2, 4, ... cells are worked out once for the whole map, each from the one before, and
every bin of the plane, of whatever size, is the largest of four numbers.

Axes:   b batch, c channels, h w the map, n boxes, oh ow bins
Paper:  Girshick 2015, "Fast R-CNN"; Bender & Farach-Colton 2000, "The LCA problem revisited" (runs
        of doubled length)
Torch:  torchvision.ops.roi_pool
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import reduce

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import FunctionCtx

from dlcourse.axes import Images
from dlcourse.nn.convolution.geometry import Sides

from .bins import bins_of
from .regions import Boxes, Regions

__all__ = ["roi_pool"]

PIECE = 1024
"""Blocks looked at together: few enough that what is read of them stays in the cache."""


def roi_pool(
    input: Images, boxes: Boxes, output_size: Sides, spatial_scale: float = 1.0
) -> Float[Tensor, "n c oh ow"]:
    """Keep the largest cell of each bin; a bin outside the map is 0.

    The region's corners are rounded to cells, and the cell it ends in belongs to it. Arguments are
    those of :func:`~dlcourse.detection.roi.roi_align`.

    Raises:
        TypeError, ValueError: as ``roi_align``.

    >>> x = torch.arange(12.0).view(1, 1, 3, 4)
    >>> roi_pool(x, [torch.tensor([[0.0, 0.0, 3.0, 1.0]])], (1, 2)).tolist()
    [[[[5.0, 7.0]]]]
    """
    regions = Regions.of(input, boxes, output_size, spatial_scale)
    blocks = Blocks.of(regions)
    cells = input.permute(0, 2, 3, 1)  # b h w c: the channels of a cell side by side
    largest = _Largest.apply(cells, blocks)
    bins = regions.height.bins, regions.width.bins
    return largest.unflatten(0, (-1, *bins)).permute(0, 3, 1, 2)


@dataclass(frozen=True)
class Blocks:
    """Blocks of cells, one for each bin of each region: rows and columns from first to stop."""

    images: Int[Tensor, "blocks"]
    top: Int[Tensor, "blocks"]
    bottom: Int[Tensor, "blocks"]
    left: Int[Tensor, "blocks"]
    right: Int[Tensor, "blocks"]

    @classmethod
    def of(cls, regions: Regions) -> "Blocks":
        """Pair each bin of rows with each bin of columns."""
        top, bottom = (end[:, :, None] for end in bins_of(regions.height, last=1))
        left, right = (end[:, None, :] for end in bins_of(regions.width, last=1))
        images = regions.images[:, None, None]
        found = torch.broadcast_tensors(images, top, bottom, left, right)
        return cls(*(side.flatten() for side in found))

    def levels(self) -> tuple[Tensor, Tensor]:
        """Say how often a run is doubled to cover more than half of each block; -1 if empty."""
        height, width = self.bottom - self.top, self.right - self.left
        filled = (height > 0) & (width > 0)
        return tuple(
            # frexp: 5 = 0.625 * 2^3, so three bits, and runs of 2^2
            torch.where(filled, torch.frexp(side.double()).exponent - 1, -1)
            for side in (height, width)
        )


class _Largest(Function):
    """The largest cell of each block, channel by channel, with the gradient written out."""

    @staticmethod
    def forward(ctx: FunctionCtx, cells: Tensor, blocks: Blocks) -> Tensor:
        ctx.save_for_backward(cells)
        ctx.blocks = blocks
        y = cells.new_zeros(len(blocks.images), cells.shape[3])
        for some, found in _found(cells.contiguous(), blocks, torch.maximum):
            y[some] = found
        return y

    @staticmethod
    def backward(ctx: FunctionCtx, dy: Tensor) -> tuple[Tensor, None]:
        (cells,) = ctx.saved_tensors
        # The winners are asked for only here: a forward pass alone has no use for them.
        places = _winners(cells.detach(), ctx.blocks)
        table = dy.new_zeros(cells.shape[:3].numel() + 1, cells.shape[3])
        table = table.scatter_add(0, places, dy)
        return table[:-1].view(cells.shape), None  # the last row heard the empty blocks


def _winners(cells: Tensor, blocks: Blocks) -> Int[Tensor, "blocks c"]:
    """Find the row of the table that holds each maximum: the first of equals, row by row."""
    count = cells.shape[:3].numel()
    rows = torch.arange(count, device=cells.device).view(*cells.shape[:3], 1)
    # Value and place travel together, in a type that counts so far without a gap.
    exact = torch.float32 if count < 1 << 24 else torch.float64
    exact = torch.promote_types(cells.dtype, exact)
    pairs = torch.stack([cells.to(exact), rows.expand(cells.shape).to(exact)])
    places = rows.new_full((len(blocks.images), cells.shape[3]), count)
    for some, found in _found(pairs, blocks, _first_largest):
        places[some] = found[1].long()
    return places


def _first_largest(a: Tensor, b: Tensor) -> Tensor:
    """Choose between pairs of value and place: the larger value, and the earlier of equals."""
    takes = (b[0] > a[0]) | ((b[0] == a[0]) & (b[1] < a[1]))
    return torch.where(takes, b, a)


def _found(
    runs: Tensor, blocks: Blocks, larger: Callable[[Tensor, Tensor], Tensor]
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield, for each size of run, the blocks that it covers, and the largest cell of each."""
    tall, wide = blocks.levels()
    for level in range(_most(tall) + 1):
        if level:  # runs twice as tall as before
            half = 1 << (level - 1)
            runs = larger(runs[..., :-half, :, :], runs[..., half:, :, :])
        across = runs
        for reach in range(_most(wide[tall == level]) + 1):
            if reach:
                half = 1 << (reach - 1)
                across = larger(across[..., :-half, :], across[..., half:, :])
            table = across.flatten(-4, -2)
            covered = ((tall == level) & (wide == reach)).nonzero()[:, 0]
            for some in covered.split(PIECE):
                corners = _corners(blocks, some, across, level, reach)
                yield some, reduce(larger, (table[..., c, :] for c in corners))


def _most(levels: Tensor) -> int:
    return int(levels.max()) if len(levels) else -1


def _corners(
    blocks: Blocks, some: Tensor, runs: Tensor, level: int, reach: int
) -> list[Tensor]:
    """Place four runs so that together they cover each block and no cell beside it."""
    height, width = runs.shape[-3:-1]
    rows = blocks.images[some] * height
    ends = blocks.bottom[some] - (1 << level), blocks.right[some] - (1 << reach)
    return [
        (rows + row) * width + column
        for row in (blocks.top[some], ends[0])
        for column in (blocks.left[some], ends[1])
    ]
