"""Compare: one protocol for all networks of this part.

Every network sees the same scenes, as often and at the same rates; a seed draws its weights, the
order and the mirror images. So that two pages may compare their figures, both train here.

Torch:  none
"""

from collections.abc import Callable

import torch
from jaxtyping import Int
from torch import Tensor, nn

from dlcourse.axes import Images
from dlcourse.data.masks import class_maps
from dlcourse.data.scenes import scenes
from dlcourse.training import fixed_seed, generator

from ._fit import fit, judged
from .overlap import boundary_f

__all__ = ["METRICS", "SEEDS", "SIDE", "Comparison", "outlined"]

SEEDS = (0, 1, 2)

SIDE = 64
"""Pixels of a scene's side; 96 would take twice as long."""

EPOCHS = 5

METRICS = ("mean IoU", "outline")
"""What is measured: the mean over the classes, and how well things are cut out of the ground."""


@torch.no_grad()
def outlined(model: nn.Module, images: Images, maps: Int[Tensor, "b h w"]) -> float:
    """Compare the outlines of all that is no ground: boundary F within one pixel, mean of pictures.

    Pictures without a thing, in truth and answer, do not count.
    """
    found = torch.cat([model(part).argmax(dim=1) for part in images.split(50)])
    return float(boundary_f(found > 0, maps > 0, tolerance=1.0).nanmean())


class Comparison:
    """The scenes that networks learn from, and those that they are judged by."""

    def __init__(self, count: int) -> None:
        """Draw ``count`` scenes to learn from, and 200 others."""
        torch.set_num_threads(1)  # so that sums are taken in one order
        train, test = scenes(count, SIDE), scenes(200, SIDE, split="test", seed=1)
        self.seen, self.known = train.images, class_maps(train)
        self.unseen, self.wanted = test.images, class_maps(test)

    def train(
        self, name: str, build: Callable[[], nn.Module], seed: int
    ) -> tuple[nn.Module, tuple[float, float]]:
        """Train one network, print a line of the log, and give it with its :data:`METRICS`."""
        with fixed_seed(seed):
            model = build()
        rates = {"size": 4, "lr": 3e-3, "generator": generator(seed)}
        loss = fit(model, self.seen, self.known, EPOCHS, **rates)[-1]
        test = self.unseen, self.wanted
        values = judged(model, *test), outlined(model, *test)
        told = "   ".join(f"{k} {v:.4f}" for k, v in zip(METRICS, values, strict=True))
        print(f"{name} seed {seed}   loss {loss:.3f}   {told}", flush=True)
        return model, values
