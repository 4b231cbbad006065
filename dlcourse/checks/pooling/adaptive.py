"""Adaptive: checks of adaptive_bin, adaptive_avg_pool2d and spatial_pyramid_pool."""

from collections.abc import Callable

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.nn import pooling as reference

from .maps import LIBRARY, draw_map

__all__ = ["adaptive_avg_pool2d", "adaptive_bin", "spatial_pyramid_pool"]

Bin = tuple[int, int]


# adaptive_bin


def _bin(index: int, count: int, n: int) -> Bin:
    return reference.bins(n, count)[index]


def _ends_rounded_down(index: int, count: int, n: int) -> Bin:
    return index * n // count, (index + 1) * n // count


def _equally_wide(index: int, count: int, n: int) -> Bin:
    return index * (n // count), (index + 1) * (n // count)


def _rest_in_the_last(index: int, count: int, n: int) -> Bin:
    start, end = _equally_wide(index, count, n)
    return start, n if index == count - 1 else end


def _draw_bin(draw: Draw) -> Case:
    count = draw.integer(2, 6)
    n = count + draw.integer(0, 60 if draw.hard else 12)
    return Case({"index": draw.integer(0, count - 1), "count": count, "n": n})


adaptive_bin = Check(
    task="adaptive_bin",
    draw=_draw_bin,
    reference=_bin,
    mistakes=(
        Mistake(
            "the end is rounded down, so no bins overlap",
            "The start is rounded down and the end up: a cell on the border belongs to both bins.",
            _ends_rounded_down,
        ),
        Mistake(
            "all bins are equally wide, and the last cells are left out",
            "A width of n // count does not reach the end of the side. Round each end by itself.",
            _equally_wide,
        ),
        Mistake(
            "the last bin takes the rest",
            "Bins are as wide as their neighbours, give or take a cell: round each end by itself.",
            _rest_in_the_last,
        ),
        Mistake(
            "the end always lies one cell further",
            "Rounding up adds a cell only where there is something to round.",
            lambda index, count, n: (index * n // count, (index + 1) * n // count + 1),
        ),
        Mistake(
            "the end is the last cell of the bin, not the one after it",
            "Ranges in Python end before their end; so does a bin.",
            lambda index, count, n: (
                _bin(index, count, n)[0],
                _bin(index, count, n)[1] - 1,
            ),
        ),
    ),
    cases=24,
)


# adaptive_avg_pool2d


def _over_bins(x: Tensor, size: Bin, edges: Callable, summary: Callable) -> Tensor:
    """Summarise the bins whose edges another rule draws."""
    rows, columns = (
        [slice(*edges(i, count, n)) for i in range(count)]
        for count, n in zip(size, x.shape[2:], strict=True)
    )
    lines = [
        torch.stack([summary(x[:, :, row, column]) for column in columns], dim=-1)
        for row in rows
    ]
    return torch.stack(lines, dim=-2)


def _mean(bin_: Tensor) -> Tensor:
    return bin_.mean(dim=(2, 3))


def _largest(bin_: Tensor) -> Tensor:
    return bin_.amax(dim=(2, 3))


def _draw_size(draw: Draw) -> Case:
    size = draw.integer(1, 4), draw.integer(2, 5)
    return Case({"x": draw_map(draw), "output_size": size})


adaptive_avg_pool2d = Check(
    task="adaptive_avg_pool2d",
    draw=_draw_size,
    reference=lambda x, output_size: reference.adaptive_avg_pool2d(x, output_size),
    mistakes=(
        Mistake(
            "the bins do not overlap",
            "Where the number of bins does not divide the side, neighbours share a cell, as "
            "adaptive_bin says.",
            lambda x, output_size: _over_bins(
                x, output_size, _ends_rounded_down, _mean
            ),
        ),
        Mistake(
            "all bins are equally wide, and the last cells are left out",
            "The bins are those of adaptive_bin.",
            lambda x, output_size: _over_bins(x, output_size, _equally_wide, _mean),
        ),
        Mistake(
            "the two entries of output_size are swapped",
            "The first counts the bins along the height, the second those along the width.",
            lambda x, output_size: reference.adaptive_avg_pool2d(x, output_size[::-1]),
        ),
        Mistake(
            "the maximum is taken",
            "Each bin is averaged.",
            lambda x, output_size: reference.adaptive_max_pool2d(x, output_size),
        ),
        Mistake(
            "the bins are summed and not averaged",
            "Divide each sum by the number of its cells.",
            lambda x, output_size: _over_bins(
                x, output_size, _bin, lambda bin_: bin_.sum(dim=(2, 3))
            ),
        ),
    ),
    builds_on=(adaptive_bin,),
    forbidden=LIBRARY,
)


# spatial_pyramid_pool

LEVELS = ((4, 2, 1), (1, 2, 4), (3, 1), (1, 3), (2, 3), (3, 2, 1))


def _grids(x: Tensor, levels: tuple[int, ...]) -> list[Tensor]:
    return [reference.adaptive_max_pool2d(x, level) for level in levels]


def _joined(grids: list[Tensor]) -> Tensor:
    return torch.cat([grid.flatten(1) for grid in grids], dim=1)


spatial_pyramid_pool = Check(
    task="spatial_pyramid_pool",
    draw=lambda draw: Case(
        {"x": draw_map(draw), "levels": LEVELS[draw.integer(0, len(LEVELS) - 1)]}
    ),
    reference=lambda x, levels: reference.spatial_pyramid_pool(x, levels),
    mistakes=(
        Mistake(
            "the levels are in the wrong order",
            "They follow each other as levels lists them.",
            lambda x, levels: _joined(_grids(x, levels[::-1])),
        ),
        Mistake(
            "the levels of each channel stand together",
            "All channels of the first level come first, then those of the second.",
            lambda x, levels: torch.cat(
                [grid.flatten(2) for grid in _grids(x, levels)], dim=2
            ).flatten(1),
        ),
        Mistake(
            "the channels of each bin stand together",
            "Within a level, all bins of the first channel come first, row by row.",
            lambda x, levels: _joined(
                [grid.permute(0, 2, 3, 1) for grid in _grids(x, levels)]
            ),
        ),
        Mistake(
            "the bins are averaged",
            "The pyramid keeps the largest cell of each bin.",
            lambda x, levels: _joined(
                [reference.adaptive_avg_pool2d(x, level) for level in levels]
            ),
        ),
        Mistake(
            "the bins do not overlap",
            "Where the number of bins does not divide the side, neighbours share a cell, as "
            "adaptive_bin says.",
            lambda x, levels: _joined(
                [
                    _over_bins(x, (level, level), _ends_rounded_down, _largest)
                    for level in levels
                ]
            ),
        ),
    ),
    builds_on=(adaptive_bin,),
    forbidden=LIBRARY,
)
