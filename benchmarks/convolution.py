"""Convolution: conv2d against torch over the shapes of known networks, and depthwise.

Run it with ``python -m benchmarks convolution``.
"""

from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F

from benchmarks.family import Case, Pair, compared, run
from benchmarks.place import Place
from benchmarks.result import Result
from dlcourse.nn.convolution import conv2d
from dlcourse.nn.variants import depthwise_conv2d

SHAPES = {
    "7x7 stem, 224 px": ((8, 3, 224, 224), (64, 3, 7, 7), {"stride": 2, "padding": 3}),
    "3x3, 56 px, 64 channels": ((8, 64, 56, 56), (64, 64, 3, 3), {"padding": 1}),
    "3x3, 28 px, 128 channels": ((8, 128, 28, 28), (128, 128, 3, 3), {"padding": 1}),
    "3x3, 14 px, 256 channels": ((8, 256, 14, 14), (256, 256, 3, 3), {"padding": 1}),
    "3x3, 7 px, 512 channels": ((8, 512, 7, 7), (512, 512, 3, 3), {"padding": 1}),
    "1x1, 56 px, 64 channels": ((8, 64, 56, 56), (256, 64, 1, 1), {}),
    "1x1, 14 px, 1024 channels": ((8, 1024, 14, 14), (256, 1024, 1, 1), {}),
    "5x5, LeNet's first": ((64, 1, 28, 28), (6, 1, 5, 5), {"padding": 2}),
    "5x5, LeNet's second": ((64, 6, 14, 14), (16, 6, 5, 5), {}),
}
STEM = next(iter(SHAPES))
DEPTHWISE = {
    "112 px, 32 channels": ((8, 32, 112, 112), (32, 1, 3, 3), {"padding": 1}),
    "56 px, 128 channels": ((8, 128, 56, 56), (128, 1, 3, 3), {"padding": 1}),
    "56 px, 144 channels, stride 2": (
        (8, 144, 56, 56),
        (144, 1, 3, 3),
        {"padding": 1, "stride": 2},
    ),
    "14 px, 512 channels": ((8, 512, 14, 14), (512, 1, 3, 3), {"padding": 1}),
    "7 px, 960 channels": ((8, 960, 7, 7), (960, 1, 3, 3), {"padding": 1}),
}


def _pair(mine: Callable, other: Callable, given: tuple, place: Place) -> Pair:
    """Forward alone, once both agree."""
    shape, kernel, setting = given
    x, weight = place.draw(*shape), place.draw(*kernel, seed=1)
    place.agree(mine(x, weight, **setting), other(x, weight, **setting))
    return lambda: mine(x, weight, **setting), lambda: other(x, weight, **setting)


def _with_backward(mine: Callable, other: Callable, given: tuple, place: Place) -> Pair:
    """Forward, and the gradients of image and weight."""
    shape, kernel, setting = given
    x = place.draw(*shape, grad=True)
    weight = place.draw(*kernel, seed=1, grad=True)
    dy = place.draw(*other(x, weight, **setting).shape, seed=2)

    def both(function: Callable) -> tuple[torch.Tensor, ...]:
        return torch.autograd.grad(function(x, weight, **setting), [x, weight], dy)

    for one, two in zip(both(mine), both(other), strict=True):
        place.agree(one, two)
    return lambda: both(mine), lambda: both(other)


def _cases(pair: Callable, ours: Callable, theirs: Callable, bars: dict) -> list[Case]:
    """Make a case of each shape, with its bar."""
    return [
        Case(name, bar, lambda place, g=given: pair(ours, theirs, g, place))
        for name, (given, bar) in bars.items()
    ]


def _their_depthwise(x: torch.Tensor, weight: torch.Tensor, **setting: int):
    return F.conv2d(x, weight, groups=len(weight), **setting)


def measure(place: Place) -> Iterator[Result]:
    """Compare all shapes, then depthwise ones."""
    # Ahead of the library on the stem, nowhere more than twice its time.
    forward = {name: (g, 1.0 if name == STEM else 2.0) for name, g in SHAPES.items()}
    both = {name: (given, 2.0) for name, given in SHAPES.items()}
    deep = {name: (given, 5.0) for name, given in DEPTHWISE.items()}
    cases = _cases(_pair, conv2d, F.conv2d, forward)
    yield from compared("conv2d, forward", "F.conv2d", cases, place, mean_bar=1.15)
    cases = _cases(_with_backward, conv2d, F.conv2d, both)
    yield from compared("conv2d, with backward", "F.conv2d", cases, place, mean_bar=1.2)
    cases = _cases(_with_backward, depthwise_conv2d, _their_depthwise, deep)
    yield from compared("depthwise 3x3, with backward", "F.conv2d", cases, place)


if __name__ == "__main__":
    run("convolution", measure)
