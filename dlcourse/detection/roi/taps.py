"""Taps: the cells that each bin of one side reads, and how much of each.

A bin of the plane is a bin of rows times a bin of columns, and its weights are the products of
theirs. So one side is all there is to say: an average over whole cells, or samples between them.

Axes:   n boxes
Torch:  pre_calc_for_bilinear_interpolate, in both directions at once
"""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from .bins import bins_of
from .regions import Interval

__all__ = ["Taps", "averaging", "sampling"]


@dataclass(frozen=True)
class Taps:
    """For each region and bin: cells along one side, with weights; a weight of 0 reads nothing."""

    cells: Int[Tensor, "n bins taps"]
    weights: Float[Tensor, "n bins taps"]


def averaging(side: Interval) -> Taps:
    """Average the whole cells of each bin.

    >>> one = Interval(torch.tensor([0.0]), torch.tensor([3.0]), bins=2, cells=9)
    >>> averaging(one).weights.tolist()
    [[[0.5, 0.5], [0.5, 0.5]]]
    """
    first, stop = bins_of(side, last=0)
    count = stop - first
    most = int(count.max()) if count.numel() else 0
    tap = torch.arange(most, device=first.device)
    inside = tap < count[..., None]
    cells = (first[..., None] + tap).clamp(max=side.cells - 1)
    return Taps(cells, inside / count[..., None].clamp(min=1).to(side.start.dtype))


def sampling(side: Interval, sampling_ratio: int, least: float) -> Taps:
    """Sample each bin at evenly spaced points, each between two cells.

    A bin of ``l`` cells has ``k`` samples at ``(j + 1/2) l / k`` from its beginning. A sample at
    ``y`` reads the cells ``floor(y)`` and ``floor(y) + 1``, the nearer one more. Up to one cell
    outside the map it reads the border; beyond, nothing.

    Args:
        side: the region's side on the map.
        sampling_ratio: samples in a bin; below 1, as many as a bin has cells, rounded up.
        least: cells a region has at least.

    >>> one = Interval(torch.tensor([0.25]), torch.tensor([2.25]), bins=2, cells=9)
    >>> sampling(one, sampling_ratio=1, least=1.0).cells.tolist()
    [[[0, 1], [1, 2]]]
    >>> sampling(one, sampling_ratio=1, least=1.0).weights.tolist()
    [[[0.25, 0.75], [0.25, 0.75]]]
    """
    places, count = _places(side, sampling_ratio, least)
    counted = torch.arange(places.shape[-1], device=places.device) < count
    read = counted & (places >= -1) & (places <= side.cells)
    places = places.clamp(0, side.cells - 1)
    low = places.floor()
    share = read / count.clamp(min=1)  # of one sample
    upper, first = (places - low) * share, low[..., :1]
    # neighbouring samples read the same cells: add up what each cell gets from all of a bin
    tap = ((low - first) * counted).long()
    weights = places.new_zeros(*tap.shape[:2], int(tap.max()) + 2 if len(tap) else 0)
    weights.scatter_add_(2, tap, share - upper).scatter_add_(2, tap + 1, upper)
    cells = first.long() + torch.arange(weights.shape[2], device=places.device)
    return Taps(cells, weights)


def _places(
    side: Interval, sampling_ratio: int, least: float
) -> tuple[Float[Tensor, "n bins samples"], Float[Tensor, "n 1 1"]]:
    """Find the samples of each bin on the map, and how many of them count."""
    size = (side.end - side.start).clamp(min=least) / side.bins
    count = size.ceil() if sampling_ratio < 1 else size.new_full((), sampling_ratio)
    count = count.expand_as(size)[:, None, None]
    most = max(1, int(count.max())) if len(count) else 1
    size = size[:, None, None]
    bin_ = torch.arange(side.bins, device=size.device)[:, None]
    sample = torch.arange(most, device=size.device)
    start = side.start[:, None, None] + bin_ * size
    return start + (sample + 0.5) * size / count.clamp(min=1), count
