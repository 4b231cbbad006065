"""Tables: checks of shapes and table, for a network given as a list of layers."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from math import prod

import torch
from torch import nn

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.models.anatomy import Layer, layer_table
from dlcourse.nn.padding import output_size

from .counts import conv_multiply_adds, conv_parameters

__all__ = ["shapes", "table"]

Plan = Sequence[tuple]
"""("conv", channels, kernel_size, stride, padding, groups), ("pool", kernel_size, stride, padding)
or ("dense", units)."""

Shape = tuple[int, ...]
Row = tuple[int, int, int]


def _draw_plan(draw: Draw) -> Case:
    groups = draw.integer(2, 3)
    first = groups * draw.integer(2, 40 if draw.hard else 5)
    second = groups * draw.integer(2, 40 if draw.hard else 5) + first
    units = draw.integer(5, 99)
    plan = (
        ("conv", first, draw.integer(4, 6), draw.integer(2, 3), draw.integer(1, 2), 1),
        ("pool", 3, 2, draw.integer(0, 1)),
        ("conv", second, draw.integer(2, 3), 1, draw.integer(0, 2), groups),
        ("pool", 2, 2, 0),
        ("dense", units),
        ("dense", units + draw.integer(1, 99)),
    )
    height = draw.integer(70, 90)
    shape = draw.integer(1, 3), height, height + draw.integer(12, 30)
    return Case({"layers": plan, "shape": shape})


@lru_cache
def _rows(layers: Plan, shape: Shape) -> list[Layer]:
    """Build the network without memory and ask its anatomy."""
    with torch.device("meta"):
        x = image = torch.empty(1, *shape)
        modules = []
        for layer in layers:
            modules.append(_module(layer, x))
            x = modules[-1](x)
        return layer_table(nn.Sequential(*modules), image, depth=1)


def _module(layer: tuple, x: torch.Tensor) -> nn.Module:
    kind, *settings = layer
    if kind == "conv":
        channels, kernel_size, stride, padding, groups = settings
        options = {"stride": stride, "padding": padding, "groups": groups}
        return nn.Conv2d(x.shape[1], channels, kernel_size, **options)
    if kind == "pool":
        return nn.MaxPool2d(*settings)
    dense = nn.Linear(x[0].numel(), *settings)
    return nn.Sequential(nn.Flatten(), dense)


# shapes


def _shapes(layers: Plan, shape: Shape) -> tuple[Shape, ...]:
    return tuple(row.shape for row in _rows(layers, shape))


def _by_side(
    conv: Callable[..., int] = output_size, pool: Callable[..., int] = output_size
) -> Callable[[Plan, Shape], tuple[Shape, ...]]:
    """Follow the shapes with a rule of one's own for a side."""

    def follow(layers: Plan, shape: Shape) -> tuple[Shape, ...]:
        found = []
        for kind, *settings in layers:
            if kind == "conv":
                channels, *window, _ = settings
                shape = channels, *(conv(n, *window) for n in shape[1:])
            elif kind == "pool":
                shape = shape[0], *(pool(n, *settings) for n in shape[1:])
            else:
                shape = (settings[0],)
            found.append(shape)
        return tuple(found)

    return follow


def _rounded_up(n: int, kernel_size: int, stride: int, padding: int) -> int:
    return -(-(n + 2 * padding - kernel_size) // stride) + 1


def _padded_once(n: int, kernel_size: int, stride: int, padding: int) -> int:
    return output_size(n + padding, kernel_size, stride)


def _one_less(n: int, kernel_size: int, stride: int, padding: int) -> int:
    return output_size(n, kernel_size, stride, padding) - 1


def _turned(layers: Plan, shape: Shape) -> tuple[Shape, ...]:
    """Give the width before the height."""
    return tuple((one[0], *one[:0:-1]) for one in _shapes(layers, shape))


def _dense_with_sides(layers: Plan, shape: Shape) -> tuple[Shape, ...]:
    """Let a dense layer work at every place."""
    found, sides = [], ()
    for one in _shapes(layers, shape):
        sides = one[1:] or sides
        found.append((one[0], *sides))
    return tuple(found)


shapes = Check(
    task="shapes",
    draw=_draw_plan,
    reference=_shapes,
    mistakes=(
        Mistake(
            "the division is rounded up",
            "A last window that does not fit is left out: round down.",
            _by_side(_rounded_up, _rounded_up),
        ),
        Mistake(
            "the padding is counted once",
            "It lies on both ends of the side.",
            _by_side(_padded_once, _padded_once),
        ),
        Mistake(
            "the first window is not counted",
            "The division counts the moves of the window; there is one more place than moves.",
            _by_side(_one_less, _one_less),
        ),
        Mistake(
            "a pooling only divides the side by its stride",
            "A pooling has a window like a convolution, and that has to fit.",
            _by_side(pool=lambda n, kernel_size, stride, padding: n // stride),
        ),
        Mistake(
            "the width comes before the height",
            "A shape is (channels, height, width).",
            _turned,
        ),
        Mistake(
            "a dense layer keeps the sides",
            "It reads all numbers as one vector, and gives a vector: its shape is (units,).",
            _dense_with_sides,
        ),
    ),
)


# table


def _table(layers: Plan, shape: Shape) -> tuple[Row, ...]:
    return tuple(
        (row.parameters, row.multiply_adds, prod(row.shape))
        for row in _rows(layers, shape)
    )


def _changed(
    change: Callable[[tuple, Shape, Shape, Row], Row],
) -> Callable[[Plan, Shape], tuple[Row, ...]]:
    """Make the table with every row changed, knowing the shapes before and after the layer."""

    def make(layers: Plan, shape: Shape) -> tuple[Row, ...]:
        after = _shapes(layers, shape)
        rows = zip(layers, (shape, *after), after, _table(layers, shape), strict=False)
        return tuple(change(*row) for row in rows)

    return make


def _ungrouped(layers: Plan, shape: Shape) -> tuple[Row, ...]:
    plain = tuple((*one[:-1], 1) if one[0] == "conv" else one for one in layers)
    return _table(plain, shape)


def _half_grouped(layers: Plan, shape: Shape) -> tuple[Row, ...]:
    rows = zip(_table(layers, shape), _ungrouped(layers, shape), strict=True)
    return tuple((plain[0], grouped[1], grouped[2]) for grouped, plain in rows)


def _biases(layer: tuple) -> int:
    return 0 if layer[0] == "pool" else layer[1]


def _channel_dense(layer: tuple, before: Shape, after: Shape, row: Row) -> Row:
    if layer[0] != "dense":
        return row
    weights = before[0] * layer[1]
    return weights + layer[1], weights, row[2]


def _pooling_works(layer: tuple, before: Shape, after: Shape, row: Row) -> Row:
    if layer[0] != "pool":
        return row
    return row[0], prod(after) * layer[1] ** 2, row[2]


table = Check(
    task="table",
    draw=_draw_plan,
    reference=_table,
    builds_on=(conv_parameters, conv_multiply_adds, shapes),
    mistakes=(
        Mistake(
            "the groups are forgotten",
            "The last number of a convolution says in how many groups its channels are.",
            _ungrouped,
        ),
        Mistake(
            "the weights are counted without groups and the multiply-adds with them",
            "Each number of a layer must be that of the same layer: both have the groups.",
            _half_grouped,
        ),
        Mistake(
            "the biases are left out",
            "Every channel of a convolution and every unit of a dense layer has one.",
            _changed(lambda layer, _b, _a, row: (row[0] - _biases(layer), *row[1:])),
        ),
        Mistake(
            "the biases are counted as multiply-adds",
            "They are parameters; they multiply nothing.",
            _changed(
                lambda layer, _b, after, row: (
                    row[0],
                    row[1] + (prod(after) if _biases(layer) else 0),
                    row[2],
                )
            ),
        ),
        Mistake(
            "the numbers that go in are counted, not those that come out",
            "A layer's activations are its output.",
            _changed(lambda _l, before, _a, row: (*row[:2], prod(before))),
        ),
        Mistake(
            "the first dense layer reads one number a channel",
            "It reads every number of the map: channels times height times width.",
            _changed(_channel_dense),
        ),
        Mistake(
            "a pooling is given multiply-adds",
            "It compares; nothing is multiplied by a weight.",
            _changed(_pooling_works),
        ),
    ),
)
