"""Bins: divide a rounded side into bins of whole cells.

The region's side is rounded to cells first. Its bins then begin at a floor and end at a ceil, so
that no cell is left out; where the side cannot be divided evenly, two neighbours share a cell. What
lies outside the map is cut off, and a bin may be left with nothing.

Axes:   n boxes
Paper:  He, Zhang, Ren & Sun 2014, "Spatial pyramid pooling in deep convolutional networks for
        visual recognition"
Torch:  the first lines of torchvision.ops.roi_pool and ps_roi_pool
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from .regions import Interval

__all__ = ["bins_of", "rounded"]


def rounded(x: Float[Tensor, "n"]) -> Float[Tensor, "n"]:
    """Round to the nearest whole number, halves away from zero as in C; torch goes to the even one.

    >>> rounded(torch.tensor([0.5, 1.4, 2.5, -0.5])).tolist()
    [1.0, 1.0, 3.0, -1.0]
    """
    return x.trunc() + (2 * x.frac()).trunc()


def bins_of(
    side: Interval, last: int
) -> tuple[Int[Tensor, "n bins"], Int[Tensor, "n bins"]]:
    """Find the first cell of each bin, and the one after its last.

    With ``s`` and ``e`` the rounded ends, the region has ``l = max(e - s + last, 1)`` cells, and
    bin ``i`` of ``k`` goes from ``s + floor(i l / k)`` up to ``s + ceil((i + 1) l / k)``, cut to
    the map.

    Args:
        side: the region's side on the map.
        last: 1 if the cell the region ends in belongs to it, 0 if not.

    >>> one = Interval(torch.tensor([1.0]), torch.tensor([5.0]), bins=2, cells=9)
    >>> [ends.tolist() for ends in bins_of(one, last=1)]
    [[[1, 3]], [[4, 6]]]
    """
    start, end = rounded(side.start), rounded(side.end)
    size = (end - start + last).clamp(min=1) / side.bins
    i = torch.arange(side.bins, device=start.device)
    first = start[:, None] + (i * size[:, None]).floor()
    stop = start[:, None] + ((i + 1) * size[:, None]).ceil()
    return first.clamp(0, side.cells).long(), stop.clamp(0, side.cells).long()
