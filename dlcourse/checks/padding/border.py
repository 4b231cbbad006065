"""Border: the check of reflect_pad2d."""

from collections.abc import Callable

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.nn.padding import pad2d

__all__ = ["reflect_pad2d"]

Border = tuple[int, int, int, int]


def _reflect(x: Tensor, padding: Border) -> Tensor:
    return pad2d(x, padding, mode="reflect")


def _read(
    x: Tensor, padding: Border, rule: Callable[[int, int, int], list[Tensor]]
) -> Tensor:
    """Read the image at the places that the rule gives for (side, before, after)."""
    left, right, top, bottom = padding
    rows = torch.cat(rule(x.shape[2], top, bottom))
    columns = torch.cat(rule(x.shape[3], left, right))
    return x[:, :, rows[:, None], columns]


def _with_edge(n: int, before: int, after: int) -> list[Tensor]:
    """Mirror at the outer side of the edge, so that the edge itself comes twice."""
    places = torch.arange(n)
    return [places[:before].flip(0), places, places[n - after :].flip(0)]


def _unturned(n: int, before: int, after: int) -> list[Tensor]:
    """Copy the cells beside the edge in the order in which they stand."""
    places = torch.arange(n)
    return [places[1 : before + 1], places, places[n - 1 - after : n - 1]]


def _without_corners(x: Tensor, padding: Border) -> Tensor:
    """Leave zeros where two borders meet."""
    left, right, top, bottom = padding
    inside = pad2d(torch.ones_like(x), (0, 0, top, bottom), mode="reflect")
    across = pad2d(torch.ones_like(x), (left, right, 0, 0), mode="reflect")
    kept = torch.maximum(
        pad2d(inside, (left, right, 0, 0)), pad2d(across, (0, 0, top, bottom))
    )
    return _reflect(x, padding) * kept


def _draw_image(draw: Draw) -> Case:
    height, width = draw.side(3), draw.side(3)
    border = (
        draw.integer(0, width - 1),
        draw.integer(1, width - 1),
        draw.integer(1, height - 1),
        draw.integer(0, height - 1),
    )
    x = draw.tensor(draw.integer(1, 2), draw.integer(1, 3), height, width)
    return Case({"x": x, "padding": border})


reflect_pad2d = Check(
    task="reflect_pad2d",
    draw=_draw_image,
    reference=_reflect,
    mistakes=(
        Mistake(
            "the edge is repeated",
            "The edge is the mirror: its neighbour comes next, not the edge once more.",
            lambda x, padding: _read(x, padding, _with_edge),
        ),
        Mistake(
            "the cells are copied without turning them around",
            "In a mirror, what is next to the edge stays next to the edge.",
            lambda x, padding: _read(x, padding, _unturned),
        ),
        Mistake(
            "the edge is drawn out",
            "That repeats one cell (replicate); a mirror shows the cells behind it as well.",
            lambda x, padding: pad2d(x, padding, mode="replicate"),
        ),
        Mistake(
            "the border comes from the opposite side",
            "That wraps around (circular); a mirror shows what is next to the edge.",
            lambda x, padding: pad2d(x, padding, mode="circular"),
        ),
        Mistake(
            "the border is zeros",
            "It has to be filled with pixels of the image.",
            lambda x, padding: pad2d(x, padding),
        ),
        Mistake(
            "the corners stay empty",
            "Mirror the columns of the image that already has its new rows.",
            _without_corners,
        ),
        Mistake(
            "left and right, and top and bottom, are swapped",
            "padding says left, right, top, bottom, in this order.",
            lambda x, padding: _reflect(x, (padding[1], padding[0], *padding[:1:-1])),
        ),
    ),
    forbidden=("reflection_pad2d", "reflection_pad1d", "replication_pad2d"),
)
