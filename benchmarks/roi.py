"""RoI: the pooling of regions against torchvision's, on maps as a detector meets them.

Run it with ``python -m benchmarks roi``.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import torch
from torch import Tensor
from torch.nn.functional import pad
from torchvision import ops

from benchmarks.family import Case, Pair, compared, run
from benchmarks.inputs import forward, with_backward
from benchmarks.place import Place
from benchmarks.result import Result
from dlcourse.detection import roi
from dlcourse.training import generator

BINS = 7
TOLERANCE = 1e-4


@dataclass(frozen=True)
class Scene:
    """Maps of so many images, channels and cells a side, and regions up to so many cells long."""

    images: int
    channels: int
    side: int
    regions: int
    longest: int

    def __str__(self) -> str:
        size = f"{self.images}x{self.channels}x{self.side}x{self.side}"
        return f"{size}, {self.regions} regions"

    def boxes(self) -> Tensor:
        """Draw regions around places on the maps: some reach over the border."""
        source = generator(0)
        center = torch.rand(self.regions, 2, generator=source) * self.side
        spread = torch.rand(self.regions, 2, generator=source)
        half = (3 + spread * (self.longest - 3)) / 2
        image = torch.randint(0, self.images, (self.regions, 1), generator=source)
        return torch.cat([image.float(), center - half, center + half], 1)


MAPS = (
    Scene(1, 256, 50, 128, 24),
    Scene(1, 256, 50, 512, 24),
    Scene(2, 256, 100, 512, 44),
    Scene(1, 256, 14, 100, 12),
)
SENSITIVE = (Scene(1, 21 * 49, 40, 300, 24), Scene(1, 8 * 49, 40, 300, 24))


@dataclass(frozen=True)
class Operator:
    """What to call with which settings, and the bars of forward and with backward."""

    scenes: tuple[Scene, ...]
    settings: tuple
    bars: tuple[float, float | None]


OPERATORS = {
    "roi_align": Operator(MAPS, (1.0, 2, True), (0.5, 0.2)),
    "roi_pool": Operator(MAPS, (1.0,), (1.5, None)),
    "ps_roi_pool": Operator(SENSITIVE, (1.0,), (1.5, None)),
}


def _pair(maker: Callable, name: str, scene: Scene, place: Place) -> Pair:
    """Make both calls of one scene."""
    boxes = scene.boxes().to(place.device)
    ours, theirs = (
        partial(
            getattr(side, name),
            boxes=boxes,
            **dict(
                zip(
                    ("output_size", "spatial_scale", "sampling_ratio", "aligned"),
                    (BINS, *OPERATORS[name].settings),
                    strict=False,
                )
            ),
        )
        for side in (roi, ops)
    )
    x = place.draw(scene.images, scene.channels, scene.side, scene.side)
    if name == "ps_roi_pool" and maker is forward:
        # torchvision's forward leaves the last row and column out, and its backward does not.
        spared = theirs
        theirs = lambda x: spared(pad(x, (0, 1, 0, 1)))  # noqa: E731
    return maker(ours, theirs, x, place, TOLERANCE)


def measure(place: Place) -> Iterator[Result]:
    """Compare every operator on its maps, forward and with backward."""
    makers = {"forward": forward, "with backward": with_backward}
    for name, operator in OPERATORS.items():
        for (part, maker), bar in zip(makers.items(), operator.bars, strict=True):
            cases = [
                Case(
                    str(scene),
                    bar,
                    lambda place, m=maker, n=name, s=scene: _pair(m, n, s, place),
                )
                for scene in operator.scenes
            ]
            title = f"{name}, {part}"
            yield from compared(title, f"torchvision.ops.{name}", cases, place)


if __name__ == "__main__":
    run("roi", measure)
