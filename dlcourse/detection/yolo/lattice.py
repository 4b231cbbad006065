"""Lattice: every prediction of versions 2 and 3 in one list, with its cell and its prior.

From version 2 on, a cell gives several boxes of typical sizes, the priors, and each may be another
object of another class. With three maps there are three grids. In one list they are all alike: a
cell's corner, how large cells are, and a prior.

Axes:   n predictions, m priors of a cell
Paper:  Redmon & Farhadi 2017, "YOLO9000: better, faster, stronger"; Redmon & Farhadi 2018,
        "YOLOv3: an incremental improvement"
Torch:  torchvision.models.detection.anchor_utils.AnchorGenerator
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

__all__ = ["Lattice", "flatten_maps", "lattice"]


class Lattice(NamedTuple):
    """Where predictions stand.

    Attributes:
        corners: column and row of each one's cell, counted in cells of its grid.
        strides: pixels from one cell of that grid to the next.
        priors: width and height in pixels.
    """

    corners: Float[Tensor, "n 2"]
    strides: Float[Tensor, "n 1"]
    priors: Float[Tensor, "n 2"]

    def at(self, places: Int[Tensor, "m"]) -> "Lattice":
        """Take some of the predictions."""
        return Lattice(*(column[places] for column in self))


def lattice(
    grid_sizes: Sequence[tuple[int, int]],
    strides: Sequence[int],
    priors: Sequence[Float[Tensor, "m 2"]],
) -> Lattice:
    """List the predictions of one or several grids in the order grid, row, column, prior.

    Args:
        grid_sizes: rows and columns of each grid.
        strides: pixels from one cell to the next, of each grid.
        priors: widths and heights in pixels, of each grid.

    >>> places = lattice([(1, 2)], [16], [torch.tensor([[8.0, 8], [30, 20]])])
    >>> places.corners.tolist()
    [[0.0, 0.0], [0.0, 0.0], [1.0, 0.0], [1.0, 0.0]]
    >>> len(lattice([(13, 13)], [32], [torch.ones(5, 2)]).corners)
    845
    """
    grids = []
    for (rows, columns), stride, sizes in zip(grid_sizes, strides, priors, strict=True):
        down, across = (torch.arange(n).to(sizes) for n in (rows, columns))
        corners = torch.cartesian_prod(down, across).flip(1)  # column, row
        cells, kinds = len(corners), len(sizes)
        grids.append(
            (
                corners.repeat_interleave(kinds, dim=0),
                sizes.new_full((cells * kinds, 1), stride),
                sizes.repeat(cells, 1),
            )
        )
    return Lattice(*(torch.cat(columns) for columns in zip(*grids, strict=True)))


def flatten_maps(
    maps: Sequence[Float[Tensor, "b _ _ _"]], num_priors: int
) -> Float[Tensor, "b n d"]:
    """Read the numbers of each prediction from the maps, in the order of :func:`lattice`.

    Args:
        maps: for each grid; its channels are the numbers of the first prior, of the second, ...
        num_priors: of a cell.

    >>> flatten_maps([torch.zeros(1, 3 * 85, n, n) for n in (52, 26, 13)], 3).shape
    torch.Size([1, 10647, 85])
    """
    lists = [
        map_.unflatten(1, (num_priors, -1)).permute(0, 3, 4, 1, 2).flatten(1, 3)
        for map_ in maps
    ]
    return torch.cat(lists, dim=1)
