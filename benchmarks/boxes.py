"""Boxes: every box with every other, and suppression, against torchvision's kernels.

Run it with ``python -m benchmarks boxes``.
"""

from collections.abc import Callable, Iterator

import torch
from torch import Tensor
from torchvision import ops

from benchmarks.family import Case, Pair, compared, run
from benchmarks.inputs import clustered, uniform
from benchmarks.place import Place
from benchmarks.result import Result
from dlcourse.detection.boxes import box_iou
from dlcourse.detection.suppression import nms
from dlcourse.training import generator

PAIRS = {
    "objects and SSD's boxes": (100, 8_732),
    "proposals and proposals": (2_000, 2_000),
    "objects and RetinaNet's anchors": (50, 120_000),
}
COUNTS = {100: 6.0, 1_000: 2.5, 5_000: 0.75, 20_000: 0.45}
"""Boxes, and the most that nms may take of torchvision's time."""

THRESHOLD = 0.5


def overlap(n: int, m: int, place: Place) -> Pair:
    """Compare all pairs, once both agree."""
    one, other = uniform(n).to(place.device), uniform(m).to(place.device)
    torch.testing.assert_close(box_iou(one, other), ops.box_iou(one, other))
    return lambda: box_iou(one, other), lambda: ops.box_iou(one, other)


def suppression(draw: Callable[[int], Tensor], n: int, place: Place) -> Pair:
    """Compare what is kept, once both keep the same."""
    boxes = draw(n).to(place.device)
    scores = torch.rand(n, generator=generator(2)).to(place.device)

    def mine() -> Tensor:
        return nms(boxes, scores, THRESHOLD)

    def other() -> Tensor:
        return ops.nms(boxes, scores, THRESHOLD)

    torch.testing.assert_close(mine(), other())
    return mine, other


def measure(place: Place) -> Iterator[Result]:
    """Compare both operations."""
    cases = [
        Case(
            f"{n:,} x {m:,}, {what}",
            0.15,
            lambda place, n=n, m=m: overlap(n, m, place),
        )
        for what, (n, m) in PAIRS.items()
    ]
    yield from compared("box_iou", "torchvision.ops.box_iou", cases, place)
    cases = [
        Case(
            f"{n:,} boxes, {draw.__name__}",
            bar,
            lambda place, d=draw, n=n: suppression(d, n, place),
        )
        for draw in (clustered, uniform)
        for n, bar in COUNTS.items()
    ]
    yield from compared("nms", "torchvision.ops.nms", cases, place)


if __name__ == "__main__":
    run("boxes", measure)
