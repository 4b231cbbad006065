"""Convolution: conv2d against torch over the shapes of known networks, also with backward.

Run it with ``make bench`` or ``python -m benchmarks.convolution``.
"""

from statistics import geometric_mean

import torch
import torch.nn.functional as F

from benchmarks.rounds import Ratio, compare
from dlcourse.nn.convolution import conv2d
from dlcourse.training import generator

SHAPES = {
    "stem 7x7": ((8, 3, 224, 224), (64, 3, 7, 7), {"stride": 2, "padding": 3}),
    "56 px, 3x3": ((8, 64, 56, 56), (64, 64, 3, 3), {"padding": 1}),
    "28 px, 3x3": ((8, 128, 28, 28), (128, 128, 3, 3), {"padding": 1}),
    "14 px, 3x3": ((8, 256, 14, 14), (256, 256, 3, 3), {"padding": 1}),
    "7 px, 3x3": ((8, 512, 7, 7), (512, 512, 3, 3), {"padding": 1}),
    "56 px, 1x1": ((8, 64, 56, 56), (256, 64, 1, 1), {}),
    "14 px, 1x1": ((8, 1024, 14, 14), (256, 1024, 1, 1), {}),
    "LeNet C1": ((64, 1, 28, 28), (6, 1, 5, 5), {"padding": 2}),
    "LeNet C3": ((64, 6, 14, 14), (16, 6, 5, 5), {}),
}


def measure(name: str) -> tuple[Ratio, Ratio]:
    """Compare one shape, forward alone and with the gradients of image and weight."""
    shape, kernel, setting = SHAPES[name]
    x = torch.randn(shape, generator=generator(0), requires_grad=True)
    weight = torch.randn(kernel, generator=generator(1), requires_grad=True)
    torch.testing.assert_close(
        conv2d(x, weight, **setting),
        F.conv2d(x, weight, **setting),
        rtol=1e-3,
        atol=1e-3,
    )

    def forward(function):
        with torch.no_grad():
            return function(x, weight, **setting)

    def both(function):
        return torch.autograd.grad(function(x, weight, **setting).sum(), [x, weight])

    return (
        compare(lambda: forward(conv2d), lambda: forward(F.conv2d)),
        compare(lambda: both(conv2d), lambda: both(F.conv2d)),
    )


def main() -> None:
    """Print a table of ratios for one thread and for all."""
    everything = torch.get_num_threads()
    print(
        f"torch {torch.__version__}; ours over torch's in time, median [quartiles], torch's time"
    )
    for threads in sorted({1, everything}):
        torch.set_num_threads(threads)
        print(f"\n{threads} thread(s)\n{'':14}forward{'':38}forward and backward")
        results = {}
        for name in SHAPES:
            results[name] = measure(name)
            print(f"{name:12}{results[name][0]}    {results[name][1]}")
        for n, what in enumerate(["forward", "with backward"]):
            mean = geometric_mean(pair[n].median for pair in results.values())
            print(f"geometric mean, {what}: {mean:.2f}")


if __name__ == "__main__":
    main()
