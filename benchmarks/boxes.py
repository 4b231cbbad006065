"""Boxes: every box with every other, and suppression, against torchvision's kernels.

Run it with ``python -m benchmarks.boxes``, or name some rows.
"""

import sys
from collections.abc import Callable

import torch
from torch import Tensor
from torchvision import ops

from benchmarks.rounds import Ratio, compare
from dlcourse.detection.boxes import box_iou
from dlcourse.detection.suppression import nms
from dlcourse.training import generator

PAIRS = ((100, 8_732), (2_000, 2_000), (50, 120_000))
"""Objects and SSD's default boxes; proposals and proposals; objects and RetinaNet's anchors."""

COUNTS = (100, 1_000, 5_000, 20_000)
THRESHOLD = 0.5
BUDGET = 10.0
"""Seconds of torchvision's side in one row: small calls take more rounds."""


def uniform(n: int) -> Tensor:
    """Scatter boxes so thinly that few suppress each other."""
    source = generator(0)
    corner = 60 * n**0.5 * torch.rand(n, 2, generator=source)
    sides = 20 + 60 * torch.rand(n, 2, generator=source)
    return torch.cat([corner, corner + sides], dim=1)


def clustered(n: int) -> Tensor:
    """Make heaps of twenty, as a detector's answers lie on its objects."""
    heaps = uniform(-(-n // 20)).repeat_interleave(20, dim=0)[:n]
    return heaps + 4 * torch.rand(n, 4, generator=generator(1))


def rounds(theirs: Callable[[], object]) -> int:
    """Count how often both sides fit the budget."""
    return max(5, min(101, int(BUDGET / compare(theirs, theirs, 2).theirs)))


def overlap(n: int, m: int) -> Ratio:
    """Compare all pairs, once both agree."""
    one, other = uniform(n), uniform(m)
    torch.testing.assert_close(box_iou(one, other), ops.box_iou(one, other))
    theirs = lambda: ops.box_iou(one, other)  # noqa: E731
    return compare(lambda: box_iou(one, other), theirs, rounds(theirs))


def suppression(boxes: Tensor) -> Ratio:
    """Compare what is kept, once both keep the same."""
    scores = torch.rand(len(boxes), generator=generator(2))
    theirs = lambda: ops.nms(boxes, scores, THRESHOLD)  # noqa: E731
    torch.testing.assert_close(nms(boxes, scores, THRESHOLD), theirs())
    return compare(lambda: nms(boxes, scores, THRESHOLD), theirs, rounds(theirs))


ROWS: dict[str, Callable[[], Ratio]] = {
    **{f"box_iou {n} x {m}": lambda n=n, m=m: overlap(n, m) for n, m in PAIRS},
    **{
        f"nms {draw.__name__} {n}": lambda draw=draw, n=n: suppression(draw(n))
        for draw in (clustered, uniform)
        for n in COUNTS
    },
}


def main(*names: str) -> None:
    """Print a table of ratios, on one thread: torchvision's nms has no more."""
    torch.set_num_threads(1)
    print(
        f"torch {torch.__version__}, 1 thread; ours over torchvision's in time, "
        "median [quartiles], torchvision's time"
    )
    for name in names or ROWS:
        print(f"{name:24}{ROWS[name]()}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
