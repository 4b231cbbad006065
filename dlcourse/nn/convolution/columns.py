"""Columns: lay every window of an image out as one column of a matrix, and back.

Sliding a kernel touches memory in small scattered pieces, which no processor does well. Once each
window stands as a column, the whole convolution is one matrix product, which every processor does
best. The price is memory: a cell is copied once for every window that contains it.

Axes:   b batch, c channels; a column holds c kh kw entries, there are oh ow columns
Paper:  Chellapilla, Puri & Simard 2006, "High performance convolutional neural networks for
        document processing"
Torch:  torch.nn.functional.unfold and fold
"""

from itertools import product
from math import prod

from jaxtyping import Num
from torch import Tensor
from torch.nn.functional import pad

from .geometry import Geometry, Sides, per_side

__all__ = ["col2im", "entries", "gather", "im2col", "scatter", "windows"]


def windows(
    x: Num[Tensor, "b c *sides"], geometry: Geometry
) -> Num[Tensor, "b c *outputs_then_kernel"]:
    """View every window of the input, unpadded: first the places, then the entries.

    Nothing is copied; over two sides the axes are b c oh ow kh kw.
    """
    for axis, (extent, stride, dilation) in enumerate(
        zip(geometry.extent, geometry.stride, geometry.dilation, strict=True), start=2
    ):
        x = x.unfold(axis, extent, stride)[..., ::dilation]
    return x


def entries(
    x: Num[Tensor, "b c *sides"], geometry: Geometry
) -> Num[Tensor, "b c *kernel_then_outputs"]:
    """View what each entry of the kernel meets, window after window, in the padded input."""
    geometry.output(x.shape[2:])  # refuses a kernel that does not fit
    # torch's pad counts the last side first
    border = [cells for pair in reversed(geometry.padding) for cells in pair]
    padded = pad(x, border) if any(border) else x
    dims = len(geometry.kernel)
    outputs, kernel = range(2, 2 + dims), range(2 + dims, 2 + 2 * dims)
    return windows(padded, geometry).permute(0, 1, *kernel, *outputs)


def gather(
    x: Num[Tensor, "b c *sides"], geometry: Geometry
) -> Num[Tensor, "b c_times_kernel windows"]:
    """Copy every window of the padded input into a column."""
    cells = entries(x, geometry)
    rows, columns = x.shape[1] * prod(geometry.kernel), geometry.output(x.shape[2:])
    return cells.reshape(len(x), rows, prod(columns))


def scatter(
    columns: Num[Tensor, "b c_times_kernel windows"],
    sides: tuple[int, ...],
    geometry: Geometry,
) -> Num[Tensor, "b c *sides"]:
    """Add every column back where its window lay: col2im, the transpose of :func:`gather`."""
    channels = columns.shape[1] // prod(geometry.kernel)
    outputs = geometry.output(sides)
    blocks = columns.reshape(len(columns), channels, *geometry.kernel, *outputs)
    padded = columns.new_zeros(columns.shape[0], channels, *geometry.padded(sides))
    for offset in product(*map(range, geometry.kernel)):
        # the cells that this entry of the kernel met, one per window
        cells = (
            slice(d * i, d * i + s * (n - 1) + 1, s)
            for i, n, s, d in zip(
                offset, outputs, geometry.stride, geometry.dilation, strict=True
            )
        )
        padded[(..., *cells)] += blocks[(slice(None), slice(None), *offset)]
    inner = (
        slice(before, before + n)
        for (before, _), n in zip(geometry.padding, sides, strict=True)
    )
    return padded[(..., *inner)]


def im2col(
    x: Num[Tensor, "b c h w"],
    kernel_size: Sides,
    dilation: Sides = 1,
    padding: Sides = 0,
    stride: Sides = 1,
) -> Num[Tensor, "b c_kh_kw oh_ow"]:
    """Turn each window into a column, channel by channel, row by row.

    Raises:
        ValueError: if the kernel does not fit the padded image, or a number is out of range.

    >>> im2col(torch.arange(4.0).reshape(1, 1, 2, 2), kernel_size=(1, 2)).tolist()
    [[[0.0, 2.0], [1.0, 3.0]]]
    """
    return gather(x, Geometry.of(kernel_size, stride, padding, dilation))


def col2im(
    columns: Num[Tensor, "b c_kh_kw oh_ow"],
    output_size: Sides,
    kernel_size: Sides,
    dilation: Sides = 1,
    padding: Sides = 0,
    stride: Sides = 1,
) -> Num[Tensor, "b c h w"]:
    """Add each column back into the image where its window lay; overlaps sum.

    It is the transpose of :func:`im2col`, not its inverse: a cell comes back as many times as
    windows contained it, which is what the gradient needs.

    Raises:
        ValueError: if the columns do not match the windows that ``output_size`` has.

    >>> col2im(torch.ones(1, 2, 2), output_size=(1, 3), kernel_size=(1, 2)).tolist()
    [[[[1.0, 2.0, 1.0]]]]
    """
    geometry = Geometry.of(kernel_size, stride, padding, dilation)
    sides = per_side("output_size", output_size)
    rows, windows = columns.shape[1:]
    if rows % prod(geometry.kernel):
        raise ValueError(
            f"columns of {rows} entries do not divide into kernels of {prod(geometry.kernel)}"
        )
    if windows != prod(geometry.output(sides)):
        raise ValueError(
            f"there are {windows} columns, but an image of {sides} has "
            f"{prod(geometry.output(sides))} windows"
        )
    return scatter(columns, sides, geometry)
