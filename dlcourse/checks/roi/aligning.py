"""Aligning: checks of bilinear, sample_points and roi_align."""

from collections.abc import Callable

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.detection import roi as reference

from .regions import LIBRARY, draw_region, swapped

__all__ = ["bilinear", "roi_align", "sample_points"]


# bilinear


def _between(x: Tensor, row: float, column: float) -> Tensor:
    return torch.stack([reference.bilinear(channel, row, column) for channel in x])


def _clamped(x: Tensor, row: float, column: float) -> Tensor:
    """Read the border, however far outside the point lies."""
    height, width = x.shape[1:]
    return _between(x, min(max(row, 0.0), height - 1), min(max(column, 0.0), width - 1))


def _outside_is_zero(x: Tensor, row: float, column: float) -> Tensor:
    height, width = x.shape[1:]
    inside = 0 <= row <= height - 1 and 0 <= column <= width - 1
    return _between(x, row, column) if inside else torch.zeros_like(x[:, 0, 0])


def _nearest_cell(x: Tensor, row: float, column: float) -> Tensor:
    inside = -1 <= row <= x.shape[1] and -1 <= column <= x.shape[2]
    return _clamped(x, round(row), round(column)) * float(inside)


def _far_weighs_more(x: Tensor, row: float, column: float) -> Tensor:
    """Mirror the point within its square, which swaps near and far."""
    places = []
    for value, cells in ((row, x.shape[1]), (column, x.shape[2])):
        if not -1 <= value <= cells:
            return torch.zeros_like(x[:, 0, 0])
        held = min(max(value, 0.0), cells - 1)
        low = int(held)
        whole = held == low
        places.append(min(low + 1, cells - 1) if whole else 2 * low + 1 - held)
    return _between(x, *places)


def _draw_point(draw: Draw) -> Case:
    x = draw.tensor(draw.integer(1, 3), 2 + draw.side(), 3 + draw.side())
    row, column = (
        draw.integer(-13, 10 * cells + 4) / 10 + 0.03 for cells in x.shape[1:]
    )
    return Case({"x": x, "row": row, "column": column})


bilinear = Check(
    task="bilinear",
    draw=_draw_point,
    reference=_between,
    mistakes=(
        Mistake(
            "row and column are swapped",
            "The row goes down the second axis of the map, the column along the third.",
            lambda x, row, column: _between(x, column, row),
        ),
        Mistake(
            "the nearest cell is read",
            "All four neighbours count, each by how near it is.",
            _nearest_cell,
        ),
        Mistake(
            "the farther neighbour weighs more",
            "At row 2.1 the cell of row 2 weighs 0.9, that of row 3 weighs 0.1.",
            _far_weighs_more,
        ),
        Mistake(
            "far outside, the border is still read",
            "A point more than a cell before the first centre is 0, and so is one beyond the "
            "number of cells.",
            _clamped,
        ),
        Mistake(
            "just outside, 0 is read instead of the border",
            "Up to a cell outside the map a point reads the border.",
            _outside_is_zero,
        ),
    ),
    forbidden=LIBRARY,
    cases=30,
)


# sample_points


def _points(
    shift: float = 0.5, first: float = 0.5, last: int = 0
) -> Callable[..., Tensor]:
    """Place the samples; the right answer, or with another shift or another first sample."""

    def points(start: float, end: float, bins: int, sampling_ratio: int) -> Tensor:
        size = (end - start) / bins
        bin_ = torch.arange(bins, dtype=torch.float64)[:, None]
        sample = torch.arange(sampling_ratio, dtype=torch.float64)
        return (
            start - shift + (bin_ + (sample + first) / (sampling_ratio + last)) * size
        )

    return points


def _ends_included(start: float, end: float, bins: int, sampling_ratio: int) -> Tensor:
    count = bins * sampling_ratio
    spread = torch.linspace(start - 0.5, end - 0.5, count, dtype=torch.float64)
    return spread.view(bins, sampling_ratio)


def _draw_side(draw: Draw) -> Case:
    start = draw.integer(0, 40) / 10 + 0.05
    end = start + draw.integer(5, 200 if draw.hard else 80) / 10
    counts = {"bins": draw.integer(2, 5), "sampling_ratio": draw.integer(2, 4)}
    return Case({"start": start, "end": end, **counts})


sample_points = Check(
    task="sample_points",
    draw=_draw_side,
    reference=_points(),
    mistakes=(
        Mistake(
            "the half cell is forgotten",
            "Cell 0 reaches from 0 to 1 and has its centre at a half; bilinear counts from there.",
            _points(shift=0.0),
        ),
        Mistake(
            "half a cell is added instead of taken away",
            "A point at 0.5 lies on the centre of cell 0, and so at 0 in the count of centres.",
            _points(shift=-0.5),
        ),
        Mistake(
            "samples begin at the edge of their bin",
            "A bin is cut into equal parts, and each sample stands in the middle of one.",
            _points(first=0.0),
        ),
        Mistake(
            "a bin is cut into one part too many",
            "With two samples they stand at a quarter and three quarters, not at thirds.",
            _points(first=1.0, last=1),
        ),
        Mistake(
            "samples are spread from end to end of the region",
            "Neighbours would then be too far apart, and stand on the region's ends.",
            _ends_included,
        ),
    ),
    cases=10,
)


# roi_align


def _align(
    x: Tensor,
    box: Tensor,
    output_size: tuple[int, int],
    spatial_scale: float,
    sampling_ratio: int,
    aligned: bool = True,
) -> Tensor:
    settings = output_size, spatial_scale, sampling_ratio, aligned
    return reference.roi_align(x[None], [box[None]], *settings)[0]


def _of_samples(summary: Callable[[Tensor], Tensor]) -> Callable[..., Tensor]:
    """Summarise the samples of each bin by another rule than their mean."""

    def align(
        x: Tensor,
        box: Tensor,
        output_size: tuple[int, int],
        spatial_scale: float,
        sampling_ratio: int,
    ) -> Tensor:
        fine = tuple(n * sampling_ratio for n in output_size)
        samples = _align(x, box, fine, spatial_scale, 1)
        for axis in (1, 3):
            samples = samples.unflatten(axis, (-1, sampling_ratio))
        return summary(samples.transpose(2, 3).flatten(3))  # c oh ow samples

    return align


def _shift_in_pixels(x: Tensor, box: Tensor, spatial_scale: float, **rest) -> Tensor:
    return _align(x, box - 0.5, spatial_scale=spatial_scale, aligned=False, **rest)


def _rounded(x: Tensor, box: Tensor, spatial_scale: float, **rest) -> Tensor:
    cells = (box * spatial_scale).round()
    return _align(x, cells, spatial_scale=1.0, **rest)


def _draw_align(draw: Draw) -> Case:
    return Case({**draw_region(draw), "sampling_ratio": draw.integer(2, 3)})


roi_align = Check(
    task="roi_align",
    draw=_draw_align,
    reference=lambda x, box, output_size, spatial_scale, sampling_ratio: _align(
        x, box, output_size, spatial_scale, sampling_ratio
    ),
    mistakes=(
        Mistake(
            "the largest sample is taken",
            "A bin is the mean of its samples.",
            _of_samples(lambda samples: samples.amax(dim=3)),
        ),
        Mistake(
            "the samples are summed and not averaged",
            "Divide by their number, sampling_ratio squared.",
            _of_samples(lambda samples: samples.sum(dim=3)),
        ),
        Mistake(
            "x and y are swapped",
            "A box is x1, y1, x2, y2. x counts columns, the last axis of the map.",
            lambda x, box, **rest: _align(x, swapped(box), **rest),
        ),
        Mistake(
            "the half cell is forgotten",
            "bilinear counts from the centre of the first cell, which lies at a half.",
            lambda **arguments: _align(**arguments, aligned=False),
        ),
        Mistake(
            "half a pixel is taken away before scaling",
            "The shift is half a cell of the map: scale first.",
            lambda x, box, spatial_scale, **rest: _shift_in_pixels(
                x, box, spatial_scale, **rest
            ),
        ),
        Mistake(
            "the scale is applied twice",
            "Once is enough: pixels times spatial_scale are cells.",
            lambda spatial_scale, **rest: _align(
                **rest, spatial_scale=spatial_scale**2
            ),
        ),
        Mistake(
            "the corners are rounded to cells",
            "That is what aligning is there to avoid: leave the box where it is.",
            lambda x, box, spatial_scale, **rest: _rounded(
                x, box, spatial_scale, **rest
            ),
        ),
    ),
    builds_on=(bilinear, sample_points),
    forbidden=LIBRARY,
    cases=12,
)
