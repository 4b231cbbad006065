"""Places: checks of bilinear and rotate, which read a picture between its pixels."""

from collections.abc import Callable
from math import radians

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.optim import augmentation

__all__ = ["bilinear", "rotate"]


def _draw_places(draw: Draw) -> Case:
    """Draw places up to a pixel and a half outside."""
    h, w, n = draw.side(1), draw.side(1), draw.integer(8, 12)
    rows, columns = (
        torch.rand(n, dtype=torch.float64, generator=draw.source) * (side + 2) - 1.5
        for side in (h, w)
    )
    return Case({"image": draw.tensor(h, w), "rows": rows, "columns": columns})


def _bilinear(image: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    places = rows[None, None], columns[None, None]
    return augmentation.sample(image[None, None], *places)[0, 0, 0]


def _nearest(image: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    places = rows[None, None], columns[None, None]
    return augmentation.sample(image[None, None], *places, "nearest")[0, 0, 0]


def _weights_swapped(image: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    # One minus the distance from the left neighbour, so the right one's weight for the left.
    return _bilinear(
        image,
        rows.floor() + 1 - (rows - rows.floor()),
        columns.floor() + 1 - (columns - columns.floor()),
    )


def _border_repeated(image: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    h, w = image.shape
    return _bilinear(image, rows.clamp(0, h - 1), columns.clamp(0, w - 1))


def _cut_towards_zero(image: Tensor, rows: Tensor, columns: Tensor) -> Tensor:
    """Take the whole part for the upper left neighbour, which is wrong below 0."""
    total = torch.zeros_like(rows)
    for down in (0, 1):
        for right in (0, 1):
            row, column = rows.trunc() + down, columns.trunc() + right
            weight = (1 - down) + (2 * down - 1) * (rows - rows.trunc())
            weight = weight * (
                (1 - right) + (2 * right - 1) * (columns - columns.trunc())
            )
            total = total + weight * _nearest(image, row, column)
    return total


bilinear = Check(
    task="bilinear",
    draw=_draw_places,
    reference=_bilinear,
    mistakes=(
        Mistake(
            "rows and columns are swapped",
            "The first axis of the image is its rows.",
            lambda image, rows, columns: _bilinear(image, columns, rows),
        ),
        Mistake(
            "the weights of near and far pixels are swapped",
            "A place that is v below its upper neighbour takes 1 - v of that and v of the lower.",
            _weights_swapped,
        ),
        Mistake(
            "the nearest pixel is taken",
            "Mix the four pixels around the place.",
            _nearest,
        ),
        Mistake(
            "the border is repeated outside",
            "Pixels outside count as 0.",
            _border_repeated,
        ),
        Mistake(
            "a place above or left of the picture is cut towards zero",
            "The upper left neighbour is the floor, which for -0.3 is -1; int() and trunc give 0.",
            _cut_towards_zero,
        ),
    ),
    forbidden=("grid_sampler", "grid_sampler_2d"),
)


def _draw_turn(draw: Draw) -> Case:
    sign = 2 * draw.integer(0, 1) - 1
    image = draw.tensor(draw.side(2), draw.side(2))
    return Case({"image": image, "angle": sign * draw.integer(10, 80)})


def _rotate(image: Tensor, angle: int | float) -> Tensor:
    return augmentation.rotate(image[None], angle, "bilinear")[0]


def _about(
    middle: Callable[[int], float] = lambda side: (side - 1) / 2,
    unit: Callable[[float], float] = radians,
    read: Callable[[Tensor, Tensor, Tensor], Tensor] = _bilinear,
) -> Callable[[Tensor, float], Tensor]:
    """Make a turn with another middle, another unit or another way to read."""

    def turn(image: Tensor, angle: int | float) -> Tensor:
        h, w = image.shape
        y, x = torch.meshgrid(
            torch.arange(h, dtype=image.dtype) - middle(h),
            torch.arange(w, dtype=image.dtype) - middle(w),
            indexing="ij",
        )
        a = torch.tensor(unit(angle), dtype=image.dtype)
        rows = a.sin() * x + a.cos() * y + middle(h)
        columns = a.cos() * x - a.sin() * y + middle(w)
        return read(image, rows.flatten(), columns.flatten()).reshape(h, w)

    return turn


rotate = Check(
    task="rotate",
    draw=_draw_turn,
    reference=_rotate,
    mistakes=(
        Mistake(
            "it turns the other way",
            "Follow the map backwards, and mind that y points down.",
            lambda image, angle: _rotate(image, -angle),
        ),
        Mistake(
            "it turns about the upper left pixel",
            "Count x and y from the middle of the picture, and add the middle again at the end.",
            _about(middle=lambda side: 0.0),
        ),
        Mistake(
            "the middle is half a pixel off",
            "Between the first pixel, 0, and the last, side - 1, the middle is (side - 1) / 2.",
            _about(middle=lambda side: side / 2),
        ),
        Mistake(
            "degrees are taken for radians",
            "sin and cos take radians: math.radians(angle).",
            _about(unit=float),
        ),
        Mistake(
            "the nearest pixel is taken",
            "Read with bilinear, which you have written.",
            _about(read=_nearest),
        ),
    ),
    builds_on=(bilinear,),
    forbidden=("grid_sampler", "grid_sampler_2d"),
)
