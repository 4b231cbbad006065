"""Compare: what the skips are worth, measured by cutting them, and against FCN-8s.

Run it by ``python -m dlcourse.segmentation.unet.compare``; it needs a minute or so a training on
one core, prints its log, and ends with the means over three seeds. All networks see the same
scenes, as often and at the same rates; a seed draws the weights, the order and the mirror images.
The first seed's U-Net, and its twin without skips, are the weights that are shipped.

Torch:  none
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from statistics import mean

import torch
from jaxtyping import Int
from torch import Tensor, nn

from dlcourse.axes import Images
from dlcourse.data.masks import class_maps
from dlcourse.data.scenes import CLASSES, scenes
from dlcourse.segmentation._fit import fit, judged
from dlcourse.segmentation.overlap import boundary_f
from dlcourse.training import fixed_seed, generator, save_shipped

from .network import UNet
from .small import FILES, small

__all__ = ["NETWORKS", "SEEDS", "SIDE", "main"]

SEEDS = (0, 1, 2)

SIDE = 64
"""Pixels of a scene's side; 96 would take twice as long."""

EPOCHS = 5


def fcn8s() -> nn.Module:
    """Build the FCN-8s of the page before; it has about as many weights."""
    from dlcourse.segmentation.fcn import small

    return small(8)


def three_levels() -> nn.Module:
    """Build a U-Net of twice the width and a level less; it has about as many weights too."""
    classes = len(CLASSES) + 1
    return UNet(3, classes, width=16, depth=3, padding="same", normalize=True)


def without(*levels: int) -> Callable[[], nn.Module]:
    """Say how to build a U-Net with the skips of some levels cut; level 1 is the finest."""
    return lambda: small(*[level not in levels for level in (1, 2, 3, 4)])


NETWORKS: dict[str, Callable[[], nn.Module]] = {
    "U-Net": without(),
    "no skip": without(1, 2, 3, 4),
    "no skip 1": without(1),
    "no skip 2": without(2),
    "no skip 3": without(3),
    "no skip 4": without(4),
    "3 levels": three_levels,
    "FCN-8s": fcn8s,
}
"""How each is built."""


METRICS = ("mean IoU", "outline")
"""What is measured: the mean over the classes, and how well things are cut out of the ground."""


@torch.no_grad()
def outlined(model: nn.Module, images: Images, maps: Int[Tensor, "b h w"]) -> float:
    """Compare the outlines of all that is no ground: boundary F within one pixel, mean of pictures.

    Pictures without a thing, in truth and answer, do not count.
    """
    found = torch.cat([model(part).argmax(dim=1) for part in images.split(50)])
    return float(boundary_f(found > 0, maps > 0, tolerance=1.0).nanmean())


def main(
    names: Sequence[str] = tuple(NETWORKS),
    seeds: Sequence[int] = SEEDS,
    count: int = 600,
    files: dict[bool, Path] = FILES,
) -> dict[str, list[tuple[float, float]]]:
    """Train each network once a seed, print the log, write two files.

    Args:
        names: of the networks.
        seeds: of the trainings.
        count: scenes to learn from.
        files: to write: the first seed's U-Net, and its twin without skips.

    Returns:
        Mean IoU and outline on the test scenes, by network and seed.
    """
    torch.set_num_threads(1)  # so that sums are taken in one order
    train = scenes(count, SIDE)
    test = scenes(200, SIDE, split="test", seed=1)
    seen, known = train.images, class_maps(train)
    unseen, wanted = test.images, class_maps(test)
    values: dict[str, list[tuple[float, float]]] = {}
    for name in names:
        for seed in seeds:
            with fixed_seed(seed):
                model = NETWORKS[name]()
            draws = generator(seed)
            rates = {"size": 4, "lr": 3e-3, "generator": draws}
            loss = fit(model, seen, known, EPOCHS, **rates)[-1]
            value = judged(model, unseen, wanted), outlined(model, unseen, wanted)
            values.setdefault(name, []).append(value)
            told = "   ".join(
                f"{k} {v:.4f}" for k, v in zip(METRICS, value, strict=True)
            )
            print(f"{name:<10} seed {seed}   loss {loss:.3f}   {told}", flush=True)
            if seed == seeds[0] and name in ("U-Net", "no skip"):
                checksum = save_shipped(model, files[name == "U-Net"])
                print(f"{name:<10} checksum   {checksum}", flush=True)
    for name, each in values.items():
        weights = sum(p.numel() for p in NETWORKS[name]().parameters())
        told = "   ".join(
            f"{metric} {mean(column):.4f} ({min(column):.4f} to {max(column):.4f})"
            for metric, column in zip(METRICS, zip(*each, strict=True), strict=True)
        )
        print(f"{name:<10} {weights} weights   {told}")
    return values


if __name__ == "__main__":
    main()
