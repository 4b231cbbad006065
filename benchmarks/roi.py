"""RoI: the pooling of regions against torchvision's, on maps as a detector meets them.

Run it with ``python -m benchmarks.roi``, or name some of the operators.
"""

import sys
from collections.abc import Callable

import torch
from torch import Tensor
from torchvision import ops

from benchmarks.rounds import Ratio, compare
from dlcourse.detection import roi
from dlcourse.training import generator

ROUNDS = 9
EXACT = {"rtol": 0.0, "atol": 0.0}
CLOSE = {"rtol": 1e-5, "atol": 1e-5}

# images, channels, side of the map, regions, longest side of a region in cells
MAPS = [
    (1, 256, 50, 128, 24),
    (1, 256, 50, 512, 24),
    (2, 256, 100, 512, 44),
    (1, 256, 14, 100, 12),
    (1, 64, 50, 64, 24),
]
SENSITIVE = [(1, 21 * 49, 40, 300, 24), (1, 8 * 49, 40, 300, 24), (1, 49, 14, 64, 12)]

OPERATORS: dict[str, tuple[list, tuple, dict]] = {
    "roi_align": (MAPS, (1.0, 2, True), CLOSE),
    "roi_pool": (MAPS, (1.0,), EXACT),
    "ps_roi_pool": (SENSITIVE, (1.0,), CLOSE),
    "ps_roi_align": (SENSITIVE, (1.0, 2), CLOSE),
}


def drawn(images: int, channels: int, side: int, count: int, longest: int) -> tuple:
    """Draw maps, and regions around places on them: some reach over the border."""
    source = generator(0)
    x = torch.randn(images, channels, side, side, generator=source)
    center = torch.rand(count, 2, generator=source) * side
    half = (3 + torch.rand(count, 2, generator=source) * (longest - 3)) / 2
    image = torch.randint(0, images, (count, 1), generator=source).float()
    return x, torch.cat([image, center - half, center + half], 1)


def with_backward(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Answer the gradient of the maps, with every number of the output weighing one."""

    def run(x: Tensor, *settings: object) -> Tensor:
        x = x.detach().requires_grad_()
        y = function(x, *settings)
        y.backward(torch.ones_like(y))
        return x.grad

    return run


def agree(name: str, x: Tensor, settings: tuple, tolerance: dict) -> None:
    """Assert that both sides say the same, in value and in gradient."""
    ours, theirs = getattr(roi, name), getattr(ops, name)
    # ps_roi_pool of torchvision skips the last row and column of its map: give it spare ones
    spare = int(name == "ps_roi_pool")
    padded = torch.nn.functional.pad(x, (0, spare, 0, spare))
    torch.testing.assert_close(
        ours(x, *settings), theirs(padded, *settings), **tolerance
    )
    torch.testing.assert_close(
        with_backward(ours)(x, *settings),
        with_backward(theirs)(x, *settings),
        rtol=1e-4,
        atol=1e-4,
    )


def measure(name: str, shape: tuple, settings: tuple) -> tuple[Ratio, Ratio]:
    """Compare one operator on one map: forward, and forward with backward."""
    x, boxes = drawn(*shape)
    settings = boxes, 7, *settings
    agree(name, x, settings, OPERATORS[name][2])
    pairs = [(getattr(roi, name), getattr(ops, name))]
    pairs.append(tuple(map(with_backward, pairs[0])))
    return tuple(
        compare(lambda o=o: o(x, *settings), lambda t=t: t(x, *settings), ROUNDS)
        for o, t in pairs
    )


def main(*names: str) -> None:
    """Print a table of ratios."""
    print(
        f"torch {torch.__version__}, {torch.get_num_threads()} threads; ours over "
        "torchvision's in time, median [quartiles], torchvision's time"
    )
    for name in names or OPERATORS:
        shapes, settings, _ = OPERATORS[name]
        for shape in shapes:
            images, channels, side, count, _ = shape
            title = f"{name} {images}x{channels}x{side}x{side}, {count} regions"
            for part, ratio in zip(
                ("forward", "and backward"), measure(name, shape, settings), strict=True
            ):
                print(f"{title:42}{part:13}{ratio}", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
