"""Pooling: max_pool2d and avg_pool2d against torch, on maps as networks pool them.

Run it with ``python -m benchmarks pooling``.
"""

from collections.abc import Callable, Iterator
from functools import partial

import torch.nn.functional as F

from benchmarks.family import Case, compared, run
from benchmarks.inputs import forward, with_backward
from benchmarks.place import Place
from benchmarks.result import Result
from dlcourse.nn.pooling import avg_pool2d, max_pool2d

SHAPES = {
    "3x3 stride 2, 112 px, 64 channels": (
        (8, 64, 112, 112),
        {"kernel_size": 3, "stride": 2, "padding": 1},
    ),
    "2x2, 56 px, 64 channels": ((16, 64, 56, 56), {"kernel_size": 2}),
    "3x3 stride 2, 27 px, 256 channels": (
        (16, 256, 27, 27),
        {"kernel_size": 3, "stride": 2},
    ),
}


def _cases(pair: Callable, ours: Callable, theirs: Callable, bar: float) -> list[Case]:
    """Make a case of each shape."""
    return [
        Case(
            name,
            bar,
            lambda place, s=shape, g=given: pair(
                partial(ours, **g), partial(theirs, **g), place.draw(*s).relu(), place
            ),
        )
        for name, (shape, given) in SHAPES.items()
    ]


def measure(place: Place) -> Iterator[Result]:
    """Compare the maximum, forward and with backward, and the mean."""
    cases = _cases(forward, max_pool2d, F.max_pool2d, bar=0.2)
    yield from compared("max_pool2d, forward", "F.max_pool2d", cases, place)
    cases = _cases(with_backward, max_pool2d, F.max_pool2d, bar=1.8)
    yield from compared("max_pool2d, with backward", "F.max_pool2d", cases, place)
    cases = _cases(forward, avg_pool2d, F.avg_pool2d, bar=0.6)
    yield from compared("avg_pool2d, forward", "F.avg_pool2d", cases, place)


if __name__ == "__main__":
    run("pooling", measure)
