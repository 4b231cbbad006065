"""Memory: the peak of each good form against the library's, and two bounds that are stated.

Each call runs in a process of its own. The system notes the most memory that a process ever held
(``ru_maxrss``); what it held before the call, with inputs made and the operation tried on a small
input, is taken off. That counts what torch asks for and Python's own tracer does not see.

Run it with ``python -m benchmarks memory``.
"""

import resource
import subprocess
import sys
from collections.abc import Callable, Iterator

import torch
import torch.nn.functional as F
from torchvision import ops

from benchmarks.family import run
from benchmarks.inputs import uniform
from benchmarks.place import Place
from benchmarks.result import Result
from benchmarks.roi import Scene
from dlcourse.detection import roi
from dlcourse.detection.boxes import box_iou
from dlcourse.detection.suppression import nms
from dlcourse.nn.convolution import conv2d
from dlcourse.nn.normalization import batch_norm, layer_norm
from dlcourse.nn.pooling import max_pool2d

KIB, MB = 1024, 1e6
HUGE = 20_000
"""Boxes on each side of a table that is 1.6 GB itself."""


def _convolve(function: Callable, size: int) -> Callable[[], object]:
    x, weight = torch.randn(size, 64, 56, 56), torch.randn(64, 64, 3, 3)
    return lambda: function(x, weight, padding=1)


def _pool(function: Callable, size: int) -> Callable[[], object]:
    x = torch.randn(size, 64, 112, 112)
    return lambda: function(x, 3, 2, 1)


def _batch(function: Callable, size: int) -> Callable[[], object]:
    x, mean, variance = torch.randn(size, 64, 112, 112), torch.zeros(64), torch.ones(64)
    return lambda: function(x, mean, variance, training=True)


def _layer(function: Callable, size: int) -> Callable[[], object]:
    x = torch.randn(size, 784, 768)
    return lambda: function(x, (768,))


def _overlap(function: Callable, size: int) -> Callable[[], object]:
    boxes = uniform(size * 250)
    return lambda: function(boxes, boxes)


def _suppress(function: Callable, size: int) -> Callable[[], object]:
    boxes = uniform(size * 1_250)
    scores = torch.linspace(0, 1, len(boxes))
    return lambda: function(boxes, scores, 0.5)


def _align(function: Callable, size: int) -> Callable[[], object]:
    x = torch.randn(1, 32 * size, 50, 50)
    boxes = Scene(1, 32 * size, 50, 512, 24).boxes()
    return lambda: function(x, boxes, 7, 1.0, 2, True)


CALLS = {
    "conv2d": (_convolve, conv2d, F.conv2d),
    "max_pool2d": (_pool, max_pool2d, F.max_pool2d),
    "batch_norm": (_batch, batch_norm, F.batch_norm),
    "layer_norm": (_layer, layer_norm, F.layer_norm),
    "box_iou": (_overlap, box_iou, ops.box_iou),
    "nms": (_suppress, nms, ops.nms),
    "roi_align": (_align, roi.roi_align, ops.roi_align),
}
SMALL, LARGE = 1, 16


def _held() -> int:
    """Give the most bytes that this process ever held."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * KIB


def _peak(name: str, side: str, size: int) -> int:
    """Call once, and give the bytes held above those before."""
    torch.set_num_threads(1)
    make, *functions = CALLS[name]
    function = functions[side == "theirs"]
    with torch.no_grad():
        make(function, SMALL)()
        call = make(function, size)
        before = _held()
        kept = call()
        return _held() - before if kept is not None else 0


def _asked(name: str, side: str, size: int = LARGE) -> int:
    """Ask a new process."""
    command = [sys.executable, "-m", "benchmarks.memory", name, side, str(size)]
    return int(subprocess.check_output(command, text=True))


def measure(place: Place) -> Iterator[Result]:
    """Compare peaks, then state those that have a bound."""
    for name in CALLS:
        mine, other = _asked(name, "ours") / MB, _asked(name, "theirs") / MB
        yield Result(
            f"{name}, peak memory", "the library", "MB", mine, "MB", theirs=other
        )
    # The output is 16 images; nine copies of the input would be 116 MB for that many.
    few, many = _asked("conv2d", "ours", 16), _asked("conv2d", "ours", 48)
    output = 32 * 64 * 56 * 56 * 4
    yield Result(
        "conv2d, columns held at once",
        "nine copies of a batch",
        "32 images more, beyond their output",
        (many - few - output) / MB,
        "MB",
        bar=24.0,
    )
    table = _asked("box_iou", "ours", HUGE // 250) / MB
    yield Result(
        "box_iou, peak memory",
        "24 GB",
        f"{HUGE:,} x {HUGE:,}: the table is 1,600 MB",
        table,
        "MB",
        bar=24_000.0,
    )


if __name__ == "__main__":
    if sys.argv[1:] and sys.argv[1] in CALLS:
        print(_peak(sys.argv[1], sys.argv[2], int(sys.argv[3])))
    else:
        run("memory", measure)
