"""Sweep: the largest cell, its place, and the sum of every window, without visiting windows.

Take one entry of the kernel: the cells it meets, over all windows, are a slice of the map. So a
kernel of ``k`` entries needs ``k`` operations on whole slices. And since the maximum of a window is
the maximum of its columns' maxima, as its sum is the sum of their sums, one side is done after the
other: ``kh + kw`` operations instead of ``kh kw``.

Axes:   ``*b`` batch and channels, h w the map, oh ow its windows
Torch:  max_pool2d_with_indices and avg_pool2d visit windows one by one
"""

import math
from collections.abc import Callable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from .sides import Bins, Side

__all__ = ["PlaneSides", "largest", "spread", "totals", "winners"]

PlaneSides = tuple[Side, Side] | tuple[Bins, Bins]
"""The windows along the height and along the width."""

HEIGHT, WIDTH = -2, -1


def _along(axis: int, selected: slice) -> tuple:
    """Index the height or the width of a tensor."""
    return (..., selected) if axis == WIDTH else (..., selected, slice(None))


def _swept(
    x: Tensor, axis: int, side: Side | Bins, start: float, combine: Callable
) -> Tensor:
    """Combine the cells of each window along one side."""
    shape = list(x.shape)
    shape[axis] = side.windows
    y = x.new_full(shape, start)
    for windows, cells in side.entries():
        held = y[_along(axis, windows)]
        combine(held, x[_along(axis, cells)], out=held)
    return y


def largest(x: Float[Tensor, "*b h w"], sides: PlaneSides) -> Float[Tensor, "*b oh ow"]:
    """Find the maximum of each window; NaN, if it holds one."""
    # The height first: whole rows are compared, and fewer are left for the width.
    rows = _swept(x, HEIGHT, sides[0], -math.inf, torch.maximum)
    return _swept(rows, WIDTH, sides[1], -math.inf, torch.maximum)


def totals(x: Float[Tensor, "*b h w"], sides: PlaneSides) -> Float[Tensor, "*b oh ow"]:
    """Sum each window."""
    rows = _swept(x, HEIGHT, sides[0], 0.0, torch.add)
    return _swept(rows, WIDTH, sides[1], 0.0, torch.add)


def spread(y: Float[Tensor, "*b oh ow"], sides: PlaneSides) -> Float[Tensor, "*b h w"]:
    """Add each number to every cell of its window: the transpose of :func:`totals`."""
    for axis, side in ((WIDTH, sides[1]), (HEIGHT, sides[0])):
        shape = list(y.shape)
        shape[axis] = side.cells
        x = y.new_zeros(shape)
        for windows, cells in side.entries():
            x[_along(axis, cells)] += y[_along(axis, windows)]
        y = x
    return y


def winners(x: Float[Tensor, "*b h w"], sides: PlaneSides) -> Int[Tensor, "*b oh ow"]:
    """Find the place of each maximum, ``row * w + column``: the first of equals, row by row.

    Where a window holds NaN, the last NaN wins, as in torch.
    """
    height, width = x.shape[-2:]
    places = torch.arange(height * width, device=x.device)
    places = places.view(height, width).expand(x.shape)
    # The width first: the first maximum is in the first of the rows whose maximum is largest.
    for axis, side in ((WIDTH, sides[1]), (HEIGHT, sides[0])):
        x, places = _winning(x, places, axis, side)
    return places


def _winning(
    x: Tensor, places: Tensor, axis: int, side: Side | Bins
) -> tuple[Tensor, Tensor]:
    """Find the largest cell of each window along one side, and the place it comes from."""
    shape = list(x.shape)
    shape[axis] = side.windows
    maxima, place = x.new_full(shape, -math.inf), places.new_zeros(shape)
    # From last to first: of equal cells, the first has the last word.
    for windows, cells in reversed(list(side.entries())):
        held, kept = maxima[_along(axis, windows)], place[_along(axis, windows)]
        met = x[_along(axis, cells)]
        stays = (held > met) | held.isnan()
        torch.where(stays, kept, places[_along(axis, cells)], out=kept)
        torch.maximum(held, met, out=held)
    return maxima, place
