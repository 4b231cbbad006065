"""Pooling: checks of roi_bin and roi_pool."""

import math
from collections.abc import Callable

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.detection import roi as reference
from dlcourse.detection.roi.bins import bins_of
from dlcourse.detection.roi.regions import Interval

from .regions import LIBRARY, draw_region, swapped

__all__ = ["roi_bin", "roi_pool"]

Bin = tuple[int, int]


# roi_bin


def _bin(start: float, end: float, index: int, bins: int, cells: int) -> Bin:
    side = Interval(
        *(torch.tensor([v], dtype=torch.float64) for v in (start, end)), bins, cells
    )
    first, stop = bins_of(side, last=1)
    return int(first[0, index]), int(stop[0, index])


def _nearest(value: float) -> int:
    return math.floor(value + 0.5)


def _cut(
    corner: Callable[[float], int] = _nearest,
    last: int = 1,
    edges: Callable[[int, int, int], Bin] | None = None,
    inside: bool = True,
) -> Callable[..., Bin]:
    """Find a bin by other rules: how corners are rounded, and where a bin begins and ends."""

    def bin_(start: float, end: float, index: int, bins: int, cells: int) -> Bin:
        from_ = corner(start)
        length = max(corner(end) - from_ + last, 1)
        first, stop = (edges or _outwards)(index, bins, length)
        found = from_ + first, from_ + stop
        return tuple(min(v, cells) for v in found) if inside else found

    return bin_


def _outwards(index: int, bins: int, length: int) -> Bin:
    return index * length // bins, -((index + 1) * length // -bins)


def _draw_bin(draw: Draw) -> Case:
    cells = draw.integer(8, 40 if draw.hard else 16)
    start = draw.integer(0, 3 * cells) / 4
    end = start + draw.integer(2, 4 * cells) / 4
    bins = draw.integer(2, 5)
    place = {"index": draw.integer(0, bins - 1), "bins": bins, "cells": cells}
    return Case({"start": start, "end": end, **place})


roi_bin = Check(
    task="roi_bin",
    draw=_draw_bin,
    reference=_bin,
    mistakes=(
        Mistake(
            "the end of a bin is rounded down, so cells are dropped",
            "The start is rounded down and the end up: a cell on the border belongs to both bins.",
            _cut(edges=lambda i, k, l: (i * l // k, (i + 1) * l // k)),  # noqa: E741
        ),
        Mistake(
            "all bins have the same whole number of cells, and the rest is dropped",
            "A length of l // bins does not reach the end of the region. Round each end by itself.",
            _cut(edges=lambda i, k, l: (i * (l // k), (i + 1) * (l // k))),  # noqa: E741
        ),
        Mistake(
            "the cell that the region ends in is left out",
            "From cell 1 to cell 5 there are five cells, not four.",
            _cut(last=0),
        ),
        Mistake(
            "halves are rounded to the even cell",
            "Python's round takes 2.5 to 2 and 3.5 to 4. Here halves go up.",
            _cut(corner=round),
        ),
        Mistake(
            "the corners are rounded down",
            "They go to the nearest cell, halves up.",
            _cut(corner=math.floor),
        ),
        Mistake(
            "the bin is not cut to the map",
            "Behind the last cell there is nothing to read: no number may exceed cells.",
            _cut(inside=False),
        ),
    ),
    cases=40,
)


# roi_pool


def _pool(
    x: Tensor, box: Tensor, output_size: tuple[int, int], spatial_scale: float
) -> Tensor:
    return reference.roi_pool(x[None], [box[None]], output_size, spatial_scale)[0]


def _each_bin(
    summary: Callable[[Tensor], Tensor],
    empty: float = 0.0,
    bin_: Callable[..., Bin] = _bin,
) -> Callable[..., Tensor]:
    """Pool by another summary, or by other bins."""

    def pool(
        x: Tensor, box: Tensor, output_size: tuple[int, int], spatial_scale: float
    ) -> Tensor:
        x1, y1, x2, y2 = (spatial_scale * box).tolist()
        y = x.new_full((x.shape[0], *output_size), empty)
        for r in range(output_size[0]):
            rows = slice(*bin_(y1, y2, r, output_size[0], x.shape[1]))
            for c in range(output_size[1]):
                columns = slice(*bin_(x1, x2, c, output_size[1], x.shape[2]))
                if x[:, rows, columns].numel():
                    y[:, r, c] = summary(x[:, rows, columns])
        return y

    return pool


roi_pool = Check(
    task="roi_pool",
    draw=lambda draw: Case(draw_region(draw)),
    reference=lambda x, box, output_size, spatial_scale: _pool(
        x, box, output_size, spatial_scale
    ),
    mistakes=(
        Mistake(
            "x and y are swapped",
            "A box is x1, y1, x2, y2. x counts columns, the last axis of the map.",
            lambda x, box, output_size, spatial_scale: _pool(
                x, swapped(box), output_size, spatial_scale
            ),
        ),
        Mistake(
            "the scale is forgotten",
            "The box counts pixels and the map has fewer cells: multiply by spatial_scale first.",
            lambda x, box, output_size, spatial_scale: _pool(x, box, output_size, 1.0),
        ),
        Mistake(
            "the scale is applied twice",
            "Once is enough: pixels times spatial_scale are cells.",
            lambda x, box, output_size, spatial_scale: _pool(
                x, box, output_size, spatial_scale**2
            ),
        ),
        Mistake(
            "the bins are averaged",
            "RoI pooling keeps the largest cell of each bin.",
            _each_bin(lambda cells: cells.mean(dim=(1, 2))),
        ),
        Mistake(
            "the channels are pooled together",
            "Each channel has a maximum of its own.",
            _each_bin(lambda cells: cells.amax().expand(len(cells))),
        ),
        Mistake(
            "bins do not overlap, and cells are dropped",
            "Bins begin and end where roi_bin says.",
            _each_bin(
                lambda cells: cells.amax(dim=(1, 2)),
                bin_=_cut(edges=lambda i, k, l: (i * l // k, (i + 1) * l // k)),  # noqa: E741
            ),
        ),
        Mistake(
            "a bin without cells is not 0",
            "A bin that lies outside the map reads nothing; its number is 0.",
            _each_bin(lambda cells: cells.amax(dim=(1, 2)), empty=-math.inf),
        ),
    ),
    builds_on=(roi_bin,),
    forbidden=LIBRARY,
    cases=20,
)
