"""Matrix: all bins of all regions are one sparse matrix times the feature map.

Whatever a bin averages, it is a weighted sum of a few cells, and the weights are the same for every
channel. Write the map as a table with a row for each cell and a column for each channel, and every
bin is a row of a sparse matrix: the pooling is one product ``S X``, and its gradient is the product
with the transpose, ``S^T dY``. Each cell is read as one contiguous run of channels, where a loop
over channels would jump through the whole map for each.

Axes:   b batch, c channels, h w the map, n boxes, oh ow bins
Torch:  the loops over channels of torchvision's roi_align kernel
"""

import warnings

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcourse.axes import Images

from .taps import Taps

__all__ = ["weighted"]

ENTRIES = 1 << 22
"""Weights worked out at a time, so that many large regions do not fill the memory."""


def weighted(
    input: Images, images: Int[Tensor, "n"], rows: Taps, columns: Taps, planes: int = 1
) -> Float[Tensor, "n o oh ow"]:
    """Sum the cells that each bin reads, times their weights.

    Args:
        input: the maps.
        images: the map of each region.
        rows: what each bin reads along the height.
        columns: what it reads along the width.
        planes: 1 if every bin reads all channels; the number of bins, if bin ``p`` reads channels
            ``p``, ``p + planes``, ``p + 2 planes`` and so on.
    """
    oh, ow = rows.cells.shape[1], columns.cells.shape[1]
    table = input.unflatten(1, (-1, planes)).permute(2, 0, 3, 4, 1)  # planes b h w c
    shape = (
        len(images) * oh * ow,
        planes * len(input) * input.shape[2] * input.shape[3],
    )
    plane = torch.arange(oh * ow, device=input.device).view(oh, ow) % planes
    matrix = _matrix(images, rows, columns, plane, table.shape[1:4], shape)
    cells = table.flatten(0, 3).to(matrix.dtype).contiguous()
    y = (matrix @ cells).to(input.dtype)
    return y.unflatten(0, (-1, oh, ow)).permute(0, 3, 1, 2)


def _matrix(
    images: Tensor,
    rows: Taps,
    columns: Taps,
    plane: Tensor,
    map_shape: tuple[int, int, int],
    shape: tuple[int, int],
) -> Tensor:
    """Build the matrix, bins times cells, a few regions at a time."""
    taps = plane.numel() * rows.cells.shape[2] * columns.cells.shape[2]
    step = max(1, ENTRIES // max(1, taps))
    parts = [
        _entries(
            images[some],
            Taps(rows.cells[some], rows.weights[some]),
            Taps(columns.cells[some], columns.weights[some]),
            plane,
            map_shape,
        )
        for some in (slice(i, i + step) for i in range(0, max(1, len(images)), step))
    ]
    counts, cells, weights = map(torch.cat, zip(*parts, strict=True))
    starts = torch.nn.functional.pad(counts.cumsum(0), (1, 0))
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Sparse CSR tensor support is in beta")
        return torch.sparse_csr_tensor(
            starts.int(), cells, weights, shape, check_invariants=False
        )


def _entries(
    images: Tensor,
    rows: Taps,
    columns: Taps,
    plane: Tensor,
    map_shape: tuple[int, int, int],
) -> tuple[Tensor, Tensor, Tensor]:
    """Multiply the weights of the sides: how many entries each bin has, their cells and weights."""
    batch, height, width = map_shape
    place = ((plane * batch + images[:, None, None]) * height)[..., None, None]
    place = place + rows.cells[:, :, None, :, None]
    place = place * width + columns.cells[:, None, :, None, :]  # n oh ow taps taps
    weights = rows.weights[:, :, None, :, None] * columns.weights[:, None, :, None, :]
    read = weights != 0
    # masked_select: indexing by the mask would be several times slower
    cells, kept = place.masked_select(read).int(), weights.masked_select(read)
    return read.sum((3, 4)).flatten(), cells, kept
