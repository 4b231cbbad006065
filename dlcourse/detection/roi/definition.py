"""Definition: one region of one channel, as loops.

Pooling makes whole cells of the region and takes the largest of each bin. Aligning leaves the
region where it is, looks at a few points of each bin, and averages them; a point between cells has
a value too, by interpolation.

Axes:   h w the map, oh ow bins
Torch:  torchvision.ops.roi_pool, and roi_align with ``aligned=True``, for one box on one channel
"""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from dlcourse.axes import Feature

__all__ = ["align_region", "bilinear", "pool_region"]

Box = Sequence[float]
"""x1, y1, x2, y2 in cells of the map."""


def pool_region(
    x: Feature, box: Box, output_size: tuple[int, int]
) -> Float[Tensor, "oh ow"]:
    """Round the box to cells, cut it into bins, and keep the largest cell of each.

    >>> x = torch.arange(12.0).view(3, 4)
    >>> pool_region(x, (0.4, 0.0, 3.2, 1.1), (1, 2)).tolist()
    [[5.0, 7.0]]
    """
    # halves go away from zero, as in C; Python's round takes them to the even number
    left, top, right, bottom = (int(side + math.copysign(0.5, side)) for side in box)
    height, width = max(bottom - top + 1, 1), max(right - left + 1, 1)
    y = x.new_zeros(output_size)
    for r in range(output_size[0]):
        rows = _cells(top, height, r, output_size[0])
        for c in range(output_size[1]):
            bin_ = x[rows, _cells(left, width, c, output_size[1])]
            if bin_.numel():  # a bin outside the map has no cell, and stays 0
                y[r, c] = bin_.max()
    return y


def _cells(start: int, size: int, i: int, bins: int) -> slice:
    """Find the cells of bin ``i``: from a floor up to a ceil, those before the map cut off."""
    first, stop = start + i * size // bins, start - ((i + 1) * size // -bins)
    return slice(max(first, 0), max(stop, 0))


def bilinear(x: Feature, row: float, column: float) -> Float[Tensor, ""]:
    """Interpolate between the four cells around a point, whose centres have whole coordinates.

    A point less than a cell outside reads the border; beyond that it reads 0.

    >>> bilinear(torch.tensor([[0.0, 10.0], [20.0, 30.0]]), row=0.5, column=0.25).item()
    12.5
    """
    height, width = x.shape
    if not (-1 <= row <= height and -1 <= column <= width):
        return x.new_zeros(())
    row, column = min(max(row, 0.0), height - 1), min(max(column, 0.0), width - 1)
    top, left = int(row), int(column)
    bottom, right = min(top + 1, height - 1), min(left + 1, width - 1)
    down, across = row - top, column - left
    upper = (1 - across) * x[top, left] + across * x[top, right]
    lower = (1 - across) * x[bottom, left] + across * x[bottom, right]
    return (1 - down) * upper + down * lower


def align_region(
    x: Feature, box: Box, output_size: tuple[int, int], sampling_ratio: int = 2
) -> Float[Tensor, "oh ow"]:
    """Average ``sampling_ratio`` squared samples of each bin; nothing is rounded.

    >>> x = torch.arange(4.0).expand(4, 4)
    >>> align_region(x, (0.5, 0.5, 3.5, 3.5), (1, 3)).tolist()
    [[0.5, 1.5, 2.5]]
    """
    # cell 0 has its centre at half a cell
    x1, y1, x2, y2 = (side - 0.5 for side in box)
    height, width = (y2 - y1) / output_size[0], (x2 - x1) / output_size[1]
    y = x.new_zeros(output_size)
    for r in range(output_size[0]):
        for c in range(output_size[1]):
            samples = [
                bilinear(
                    x,
                    y1 + (r + (i + 0.5) / sampling_ratio) * height,
                    x1 + (c + (j + 0.5) / sampling_ratio) * width,
                )
                for i in range(sampling_ratio)
                for j in range(sampling_ratio)
            ]
            y[r, c] = torch.stack(samples).mean()
    return y
