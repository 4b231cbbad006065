"""Crops: checks of ten_crop and cutout, what is kept of a picture and what is covered."""

from collections.abc import Callable

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.optim import augmentation

__all__ = ["cutout", "ten_crop"]


def _draw_picture_and_size(draw: Draw) -> Case:
    """Leave an even number of pixels over, so that the middle is not a matter of rounding."""
    height, width = draw.side(), draw.side()
    h, w = height + 2 * draw.integer(1, 3), width + 2 * draw.integer(1, 3)
    x = draw.tensor(draw.integer(1, 2), draw.integer(1, 3), h, w)
    return Case({"x": x, "height": height, "width": width})


def _ten(x: Tensor, height: int, width: int) -> Tensor:
    return torch.stack(augmentation.ten_crop(x, (height, width)))


def _five(x: Tensor, height: int, width: int) -> Tensor:
    return torch.stack(augmentation.five_crop(x, (height, width)))


def _flipped_along(*axes: int) -> Callable[[Tensor, int, int], Tensor]:
    """Make ten crops whose second five come from the picture flipped along given axes."""

    def crops(x: Tensor, height: int, width: int) -> Tensor:
        pictures = (x, x.flip(axes))
        return torch.cat([_five(picture, height, width) for picture in pictures])

    return crops


def _reordered(*order: int) -> Callable[[Tensor, int, int], Tensor]:
    """Make ten crops with both fives in another order."""
    places = [*order, *(place + 5 for place in order)]
    return lambda x, height, width: _ten(x, height, width)[places]


def _mirrored_crops(x: Tensor, height: int, width: int) -> Tensor:
    five = _five(x, height, width)
    return torch.cat([five, five.flip(-1)])


ten_crop = Check(
    task="ten_crop",
    draw=_draw_picture_and_size,
    reference=_ten,
    mistakes=(
        Mistake(
            "the picture is turned upside down instead of mirrored",
            "Left and right are the last axis.",
            _flipped_along(-2),
        ),
        Mistake(
            "the picture is flipped along both axes",
            "A mirror swaps left and right only.",
            _flipped_along(-1, -2),
        ),
        Mistake(
            "each crop is mirrored instead of the picture",
            "Mirror the picture first: what is then its upper left was its upper right.",
            _mirrored_crops,
        ),
        Mistake(
            "the crops at the right and lower border are off by one",
            "The last crop starts at h - height, and ends with the last row.",
            lambda x, height, width: _short(x, height, width),
        ),
        Mistake(
            "the corners come column by column",
            "Upper left, upper right, lower left, lower right.",
            _reordered(0, 2, 1, 3, 4),
        ),
        Mistake(
            "the middle comes first",
            "The four corners come before the middle.",
            _reordered(4, 0, 1, 2, 3),
        ),
    ),
)


def _short(x: Tensor, height: int, width: int) -> Tensor:
    """Start the crops at the far borders one pixel too early."""
    down, across = x.shape[-2] - height - 1, x.shape[-1] - width - 1
    middle = (x.shape[-2] - height) // 2, (x.shape[-1] - width) // 2
    places = ((0, 0), (0, across), (down, 0), (down, across), middle)
    return torch.stack(
        [
            picture[..., top : top + height, left : left + width]
            for picture in (x, x.flip(-1))
            for top, left in places
        ]
    )


def _draw_hole(draw: Draw) -> Case:
    h, w = draw.side(3), draw.side(3)
    return Case(
        {
            "x": draw.tensor(draw.integer(1, 2), draw.integer(2, 3), h, w),
            "row": draw.integer(0, h - 1),
            "column": draw.integer(0, w - 1),
            "length": draw.integer(2, 3),
        }
    )


def _cutout(x: Tensor, row: int, column: int, length: int) -> Tensor:
    return augmentation.cutout(x, row, column, length)


def _covered(
    x: Tensor, rows: tuple[int, int], columns: tuple[int, int], channels: slice
) -> Tensor:
    """Cover what Python's slices make of the bounds."""
    covered = x.clone()
    covered[:, channels, slice(*rows), slice(*columns)] = 0
    return covered


def _hole(
    start: Callable[[int, int, int], int] = lambda at, length, side: max(
        at - length // 2, 0
    ),
    end: Callable[[int, int], int] = lambda at, length: at - length // 2 + length,
    channels: slice = slice(None),
) -> Callable[[Tensor, int, int, int], Tensor]:
    """Make a cutout whose bounds are found in a given way."""

    def cut(x: Tensor, row: int, column: int, length: int) -> Tensor:
        bounds = [
            (start(at, length, side), end(at, length))
            for at, side in ((row, x.shape[-2]), (column, x.shape[-1]))
        ]
        return _covered(x, *bounds, channels)

    return cut


def _moved_inside(x: Tensor, row: int, column: int, length: int) -> Tensor:
    bounds = []
    for at, side in ((row, x.shape[-2]), (column, x.shape[-1])):
        first = min(max(at - length // 2, 0), side - length)
        bounds.append((first, first + length))
    return _covered(x, *bounds, slice(None))


cutout = Check(
    task="cutout",
    draw=_draw_hole,
    reference=_cutout,
    mistakes=(
        Mistake(
            "a hole that reaches over the upper or left border is not cut",
            "A slice that starts below 0 counts from the other end: start at 0 at the least.",
            _hole(start=lambda at, length, side: at - length // 2),
        ),
        Mistake(
            "the hole is moved until it lies inside",
            "What lies outside is lost; the hole stays where it is and gets smaller.",
            _moved_inside,
        ),
        Mistake(
            "the hole starts at the place instead of around it",
            "It starts length // 2 before the place.",
            _hole(
                start=lambda at, length, side: at,
                end=lambda at, length: at + length,
            ),
        ),
        Mistake(
            "a hole of odd length is a row and a column too small",
            "It ends length pixels after its start, which is not length // 2 after the place.",
            _hole(end=lambda at, length: at + length // 2),
        ),
        Mistake(
            "only the first channel is cut",
            "The hole goes through all channels.",
            _hole(channels=slice(0, 1)),
        ),
        Mistake(
            "the hole is kept and the rest cut",
            "Inside the hole there is 0, outside there is the picture.",
            lambda x, row, column, length: x - _cutout(x, row, column, length),
        ),
    ),
    cases=16,
)
