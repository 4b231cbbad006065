"""Grid: where in the picture the cells of a map stand.

Two maps can be added only where they look at the same place. Every layer moves and spreads the
cells by a rule, so their places follow from the layers, and so does what has to be cut off.

Axes:   b images, c channels, h w cells
Paper:  Long, Shelhamer & Darrell 2015, whose published networks cut by 19, 5, 27, 9 and 31 pixels
Torch:  none
"""

from typing import NamedTuple

from jaxtyping import Float
from torch import Tensor

__all__ = ["Grid", "align", "crop"]


Map = Float[Tensor, "b c _ _"]
"""A map of any height and width."""


class Grid(NamedTuple):
    """The middle of cell i lies ``start + step * i`` pixels behind the middle of the first pixel.

    >>> Grid().through(kernel=2, stride=2)  # a pooling: between pixels 0 and 1, 2 and 3, ...
    Grid(step=2.0, start=0.5)
    """

    step: float = 1.0
    start: float = 0.0

    def through(self, kernel: int, stride: int = 1, padding: int = 0) -> "Grid":
        """Pass a convolution or a pooling; the windows' middles become the cells."""
        start = self.start + self.step * ((kernel - 1) / 2 - padding)
        return Grid(self.step * stride, start)

    def back(self, kernel: int, stride: int = 1, padding: int = 0) -> "Grid":
        """Pass a transposed convolution, which undoes the places of the convolution.

        >>> Grid().through(4, 2, 1).back(4, 2, 1)
        Grid(step=1.0, start=0.0)
        """
        step = self.step / stride
        return Grid(step, self.start - step * ((kernel - 1) / 2 - padding))


def align(
    one: Map, one_grid: Grid, other: Map, other_grid: Grid
) -> tuple[Map, Map, Grid]:
    """Cut two maps to the cells that both have.

    Raises:
        ValueError: if their cells do not fall on each other, or they have none in common.

    >>> x = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    >>> one, other, grid = align(x, Grid(), x, Grid(start=1.0))
    >>> one.tolist(), other.tolist(), grid  # the last cell of one is the first of the other
    ([[[[4.0]]]], [[[[1.0]]]], Grid(step=1.0, start=1.0))
    """
    ahead = (other_grid.start - one_grid.start) / one_grid.step
    if one_grid.step != other_grid.step or ahead != int(ahead):
        raise ValueError(f"the cells of {one_grid} and {other_grid} do not meet")
    first, second = max(int(ahead), 0), max(-int(ahead), 0)
    height, width = (
        min(a - first, b - second)
        for a, b in zip(one.shape[-2:], other.shape[-2:], strict=True)
    )
    one, other = crop(one, first, height, width), crop(other, second, height, width)
    return one, other, max(one_grid, other_grid, key=lambda grid: grid.start)


def crop(x: Map, offset: int, height: int, width: int) -> Map:
    """Cut a piece out, as far from the top as from the left.

    Raises:
        ValueError: if the piece is empty or reaches over the end of the map.

    >>> crop(torch.arange(4.0).expand(1, 1, 4, 4), 1, 1, 2).tolist()
    [[[[1.0, 2.0]]]]
    """
    rows, columns = x.shape[-2:]
    fits = offset >= 0 and offset + height <= rows and offset + width <= columns
    if min(height, width) < 1 or not fits:
        raise ValueError(
            f"a map of {rows}x{columns} cells has no piece of {height}x{width} at {offset}"
        )
    return x[..., offset : offset + height, offset : offset + width]
