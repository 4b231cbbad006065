"""Scaling: how the time of each operation grows with its size, beside what is expected.

An exponent is fitted to the logarithms: 1 is twice the time for twice the size, 2 is four times.
Beside our good form stand the library's and, where it is quick enough to wait for, the definition.

Run it with ``python -m benchmarks scaling``.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import log
from statistics import linear_regression, median

import torch
import torch.nn.functional as F
from torchvision import ops

from benchmarks.family import run
from benchmarks.inputs import clustered, uniform
from benchmarks.place import Place
from benchmarks.result import Curve
from benchmarks.roi import Scene
from benchmarks.rounds import seconds
from dlcourse.detection.boxes import box_iou
from dlcourse.detection.roi import roi_align
from dlcourse.detection.suppression import nms
from dlcourse.detection.suppression.definition import nms_by_rule
from dlcourse.nn.convolution import conv2d, correlate2d
from dlcourse.nn.normalization import batch_norm, layer_norm, local_response_norm
from dlcourse.nn.pooling import max_pool2d
from dlcourse.nn.pooling.definition import pool
from dlcourse.optim.optimizers import Adam

ROUNDS = 5
ALL, ONE = (64, 128, 256, 512), (8, 16, 32, 64)

Call = Callable[[], object]
Maker = Callable[[int], Call]
"""Takes a size and gives a call."""


@dataclass(frozen=True)
class Growth:
    """One operation over sizes, in several forms."""

    axis: str
    expected: float
    sizes: tuple[int, ...]
    forms: dict[str, Maker]
    defined: tuple[int, ...] = ()
    """Sizes of the definition, if others."""


def _image(function: Callable) -> Maker:
    def make(side: int) -> Call:
        x, weight = torch.randn(1, 16, side, side), torch.randn(16, 16, 3, 3)
        return lambda: function(x, weight, padding=1)

    return make


def _loops(side: int) -> Call:
    x, kernel = torch.randn(side, side), torch.randn(3, 3)
    return lambda: correlate2d(x, kernel)


def _map(function: Callable, *arguments: object, **options: object) -> Maker:
    def make(side: int) -> Call:
        x = torch.randn(1, 16, side, side)
        return lambda: function(x, *arguments, **options)

    return make


def _pool_loops(side: int) -> Call:
    x = torch.randn(side, side)
    return lambda: pool(x, 2, 2, torch.max)


def _batch(function: Callable) -> Maker:
    def make(side: int) -> Call:
        x, mean, variance = torch.randn(4, 16, side, side), *torch.eye(16)[:2].abs()
        return lambda: function(x, mean, variance, training=True)

    return make


def _layer(function: Callable) -> Maker:
    def make(width: int) -> Call:
        x = torch.randn(256, width)
        return lambda: function(x, (width,))

    return make


def _pairs(function: Callable) -> Maker:
    def make(n: int) -> Call:
        boxes = uniform(n)
        return lambda: function(boxes, boxes)

    return make


def _heaps(function: Callable) -> Maker:
    def make(n: int) -> Call:
        boxes, scores = clustered(n), torch.linspace(1, 0, n)
        return lambda: function(boxes, scores, 0.5)

    return make


def _regions(function: Callable) -> Maker:
    def make(n: int) -> Call:
        x, boxes = torch.randn(1, 64, 50, 50), Scene(1, 64, 50, n, 24).boxes()
        return lambda: function(x, boxes, 7, 1.0, 2, True)

    return make


def _step(kind: Callable) -> Maker:
    def make(thousands: int) -> Call:
        weight = torch.randn(1_000 * thousands, requires_grad=True)
        weight.grad = torch.randn_like(weight)
        return kind([weight]).step

    return make


OURS, THEIRS, DEFINED = "good form", "library", "definition"
GROWTHS = {
    "conv2d 3x3": Growth(
        "pixels a side",
        2.0,
        ALL,
        {OURS: _image(conv2d), THEIRS: _image(F.conv2d), DEFINED: _loops},
        defined=ONE,
    ),
    "max_pool2d 2x2": Growth(
        "pixels a side",
        2.0,
        ALL,
        {
            OURS: _map(max_pool2d, 2),
            THEIRS: _map(F.max_pool2d, 2),
            DEFINED: _pool_loops,
        },
        defined=ONE,
    ),
    "batch_norm": Growth(
        "pixels a side",
        2.0,
        (32, 64, 128, 256),
        {OURS: _batch(batch_norm), THEIRS: _batch(F.batch_norm)},
    ),
    "layer_norm": Growth(
        "features",
        1.0,
        (256, 1_024, 4_096, 16_384),
        {OURS: _layer(layer_norm), THEIRS: _layer(F.layer_norm)},
    ),
    "local_response_norm": Growth(
        "pixels a side",
        2.0,
        (*ALL[:-1], 384),
        {
            OURS: _map(local_response_norm, 5),
            THEIRS: _map(F.local_response_norm, 5),
        },
    ),
    "box_iou": Growth(
        "boxes on each side",
        2.0,
        (500, 1_000, 2_000, 4_000),
        {OURS: _pairs(box_iou), THEIRS: _pairs(ops.box_iou)},
    ),
    "nms": Growth(
        "boxes in heaps of twenty",
        2.0,
        (1_000, 2_500, 5_000, 10_000),
        {OURS: _heaps(nms), THEIRS: _heaps(ops.nms), DEFINED: _heaps(nms_by_rule)},
        defined=(50, 100, 200, 400),
    ),
    "roi_align": Growth(
        "regions",
        1.0,
        (64, 128, 256, 512),
        {OURS: _regions(roi_align), THEIRS: _regions(ops.roi_align)},
    ),
    "Adam step": Growth(
        "thousands of weights",
        1.0,
        (100, 400, 1_600, 6_400),
        {OURS: _step(Adam), THEIRS: _step(torch.optim.Adam)},
    ),
}


def _measured(operation: str, form: str, growth: Growth) -> Curve:
    """Take the median of a few calls at each size, and fit."""
    sizes = growth.defined if form == DEFINED and growth.defined else growth.sizes
    calls = [growth.forms[form](size) for size in sizes]
    for call in calls:
        call()
    rounds = [[seconds(call) for call in calls] for _ in range(ROUNDS)]
    times = [median(column) for column in zip(*rounds, strict=True)]
    slope = linear_regression(list(map(log, sizes)), list(map(log, times))).slope
    return Curve(
        operation, form, list(sizes), times, slope, growth.expected, growth.axis
    )


@torch.no_grad()
def measure(place: Place) -> Iterator[Curve]:
    """Measure every form of every operation on this processor."""
    for operation, growth in GROWTHS.items():
        for form in growth.forms:
            yield _measured(operation, form, growth)


if __name__ == "__main__":
    run("scaling", measure)
