"""Sides: which cells each window holds along one side of a map.

Pooling treats the two sides alike and one after the other, so all the rules of padding, dilation,
rounding and bins can be stated along a line. Padding holds nothing here: a window that hangs over
the edge has fewer cells, which is what filling with minus infinity says of a maximum, and filling
with zeros of a sum.

Paper:  He, Zhang, Ren & Sun 2014, "Spatial pyramid pooling in deep convolutional networks for
        visual recognition" (the bins)
Torch:  the rules of max_pool2d, avg_pool2d (with ceil_mode) and adaptive_max_pool2d
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from dlcourse.nn.convolution.geometry import Geometry, Sides

from .refusals import refuse_empty_windows, refuse_padding

__all__ = ["Bins", "Side", "bins", "sides_of"]

Pair = tuple[slice, slice]
"""Some windows, and the one cell of the input that each of them reads."""


@dataclass(frozen=True)
class Side:
    """Windows of one size, ``stride`` cells apart; the first begins ``padding`` before the map.

    Window ``w`` reads the cells ``stride w - padding + dilation i`` for ``i`` below ``kernel``, as
    far as the map's ``cells`` go.
    """

    cells: int
    windows: int
    kernel: int
    stride: int
    padding: int
    dilation: int

    def entries(self) -> Iterator[Pair]:
        """Pair up windows and cells, one entry of the kernel at a time, first to last."""
        for i in range(self.kernel):
            start = self.dilation * i - self.padding  # the cell that window 0 reads
            first = max(0, -(start // self.stride))
            last = min(self.windows - 1, (self.cells - 1 - start) // self.stride)
            if first <= last:
                met = slice(
                    start + self.stride * first,
                    start + self.stride * last + 1,
                    self.stride,
                )
                yield slice(first, last + 1), met

    @property
    def extent(self) -> int:
        """Cells that a window spans."""
        return self.dilation * (self.kernel - 1) + 1

    def counts(self, include_pad: bool) -> list[int]:
        """Count the cells of each window, those of the padding included or not.

        Cells beyond the padding, which ``ceil_mode`` may reach, never count.
        """
        margin = self.padding if include_pad else 0
        starts = (self.stride * w - self.padding for w in range(self.windows))
        return [
            min(start + self.kernel, self.cells + margin) - max(start, -margin)
            for start in starts
        ]


@dataclass(frozen=True)
class Bins:
    """A given number of windows that together cover the side, whatever its length."""

    cells: int
    windows: int

    def entries(self) -> Iterator[Pair]:
        """Pair up bins and cells, one bin after the other."""
        for n, (start, stop) in enumerate(bins(self.cells, self.windows)):
            for cell in range(start, stop):
                yield slice(n, n + 1), slice(cell, cell + 1)

    def counts(self) -> list[int]:
        """Count the cells of each bin."""
        return [stop - start for start, stop in bins(self.cells, self.windows)]


def bins(cells: int, count: int) -> list[tuple[int, int]]:
    """Divide a side of ``n`` cells into bins that leave none out, overlapping where they must.

    Bin ``i`` begins at ``floor(i n / count)`` and ends before ``ceil((i + 1) n / count)``.

    >>> bins(5, count=2)
    [(0, 3), (2, 5)]
    """
    return [
        (i * cells // count, -((i + 1) * cells // -count))  # a floor turned over: ceil
        for i in range(count)
    ]


def sides_of(
    shape: Sequence[int],
    kernel_size: Sides,
    stride: Sides | None,
    padding: Sides = 0,
    dilation: Sides = 1,
    ceil_mode: bool = False,
) -> tuple[Side, ...]:
    """Read the arguments of a pooling as torch spells them; without a stride, it is the kernel's.

    Raises:
        ValueError: if a number is out of range, the padding is more than half the kernel, or a
            window would hold no cell.
    """
    stride = kernel_size if stride is None else stride
    geometry = Geometry.of(kernel_size, stride, padding, dilation)
    refuse_padding(geometry)
    windows = _rounded_up(shape, geometry) if ceil_mode else geometry.output(shape)
    padding = (before for before, _ in geometry.padding)
    settings = geometry.kernel, geometry.stride, padding, geometry.dilation
    sides = tuple(map(Side, shape, windows, *settings))
    refuse_empty_windows(sides)
    return sides


def _rounded_up(shape: Sequence[int], geometry: Geometry) -> tuple[int, ...]:
    """Count the windows of ``ceil_mode``: the last may hang over, but not begin, beyond the map."""
    sides = zip(shape, geometry.extent, geometry.stride, geometry.padding, strict=True)
    return tuple(
        min(ceil((n + 2 * p - extent) / s) + 1, ceil((n + p) / s))
        for n, extent, s, (p, _) in sides
    )
