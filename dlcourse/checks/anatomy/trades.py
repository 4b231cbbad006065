"""Trades: checks of stacked and heads, two ways to do with fewer parameters."""

from itertools import pairwise

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.nn.convolution import parameters_conv
from dlcourse.nn.padding import Window, receptive_field

__all__ = ["heads", "stacked"]

Three = tuple[int, int, int]
Two = tuple[int, int]


# stacked


def _weights(channels: int, kernel_size: int) -> int:
    return parameters_conv(channels, channels, kernel_size, bias=False)


def _stacked(channels: int, kernel_size: int) -> Three:
    """Add layers of 3x3 until they see as much."""
    layers = 1
    while receptive_field([Window(3)] * layers).size < kernel_size:
        layers += 1
    return layers, layers * _weights(channels, 3), _weights(channels, kernel_size)


def _with_layers(layers: int, channels: int, kernel_size: int) -> Three:
    return layers, layers * _weights(channels, 3), _weights(channels, kernel_size)


def _draw_kernel(draw: Draw) -> Case:
    return Case(
        {
            "channels": draw.integer(2, 900 if draw.hard else 90),
            "kernel_size": 2 * draw.integer(2, 9 if draw.hard else 6) + 1,
        }
    )


stacked = Check(
    task="stacked",
    draw=_draw_kernel,
    reference=_stacked,
    mistakes=(
        Mistake(
            "the kernel's side is divided by 3",
            "Windows of neighbouring layers overlap: how much does a second layer add?",
            lambda channels, kernel_size: _with_layers(
                kernel_size // 3, channels, kernel_size
            ),
        ),
        Mistake(
            "each layer is said to add one cell",
            "It adds one cell on each side.",
            lambda channels, kernel_size: _with_layers(
                kernel_size - 2, channels, kernel_size
            ),
        ),
        Mistake(
            "one layer too many",
            "The first layer sees 3 cells already.",
            lambda channels, kernel_size: _with_layers(
                kernel_size // 2 + 1, channels, kernel_size
            ),
        ),
        Mistake(
            "one layer alone is counted",
            "The stack holds the weights of all its layers.",
            lambda channels, kernel_size: (
                _stacked(channels, kernel_size)[0],
                _weights(channels, 3),
                _weights(channels, kernel_size),
            ),
        ),
        Mistake(
            "the channels are counted once",
            "Each of the channels that leave has a kernel for each of those that enter.",
            lambda channels, kernel_size: (
                _stacked(channels, kernel_size)[0],
                _stacked(channels, kernel_size)[1] // channels,
                _weights(channels, kernel_size) // channels,
            ),
        ),
        Mistake(
            "the biases are counted",
            "Here only weights are asked for.",
            lambda channels, kernel_size: (
                _stacked(channels, kernel_size)[0],
                _stacked(channels, kernel_size)[1]
                + _stacked(channels, kernel_size)[0] * channels,
                _weights(channels, kernel_size) + channels,
            ),
        ),
    ),
)


# heads


def _dense(*widths: int) -> int:
    """Count dense layers from each width to the next, biases included."""
    return sum((n + 1) * m for n, m in pairwise(widths))


def _heads(shape: Three, hidden: tuple[int, ...], num_classes: int) -> Two:
    channels, height, width = shape
    flat = channels * height * width
    return _dense(flat, *hidden, num_classes), _dense(channels, num_classes)


def _draw_head(draw: Draw) -> Case:
    most = 500 if draw.hard else 60
    height = draw.integer(2, 7)
    return Case(
        {
            "shape": (draw.integer(3, most), height, height + draw.integer(1, 3)),
            "hidden": tuple(draw.integer(5, most) for _ in range(draw.integer(1, 3))),
            "num_classes": draw.integer(4, most),
        }
    )


heads = Check(
    task="heads",
    draw=_draw_head,
    reference=_heads,
    mistakes=(
        Mistake(
            "the dense head reads one number a channel",
            "It reads the flattened map; only the average leaves one number a channel.",
            lambda shape, hidden, num_classes: (
                _dense(shape[0], *hidden, num_classes),
                _dense(shape[0], num_classes),
            ),
        ),
        Mistake(
            "the head behind the average reads the whole map",
            "The average leaves one number for each channel.",
            lambda shape, hidden, num_classes: (
                _heads(shape, hidden, num_classes)[0],
                _dense(shape[0] * shape[1] * shape[2], num_classes),
            ),
        ),
        Mistake(
            "the biases are left out",
            "Every unit of a dense layer has one.",
            lambda shape, hidden, num_classes: (
                _heads(shape, hidden, num_classes)[0] - sum(hidden) - num_classes,
                shape[0] * num_classes,
            ),
        ),
        Mistake(
            "the layer that gives the classes is missing",
            "After the last hidden layer one more leads to the classes.",
            lambda shape, hidden, num_classes: (
                _dense(shape[0] * shape[1] * shape[2], *hidden),
                _dense(shape[0], num_classes),
            ),
        ),
        Mistake(
            "the head behind the average has hidden layers too",
            "Behind the average, a single dense layer gives the classes.",
            lambda shape, hidden, num_classes: (
                _heads(shape, hidden, num_classes)[0],
                _dense(shape[0], *hidden, num_classes),
            ),
        ),
    ),
)
