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

from torch import nn

from dlcourse.data.scenes import CLASSES
from dlcourse.segmentation._compare import METRICS, SEEDS, Comparison
from dlcourse.training import save_shipped

from .network import UNet
from .small import FILES, small

__all__ = ["NETWORKS", "main"]


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
    comparison = Comparison(count)
    values: dict[str, list[tuple[float, float]]] = {}
    for name in names:
        for seed in seeds:
            model, value = comparison.train(f"{name:<10}", NETWORKS[name], seed)
            values.setdefault(name, []).append(value)
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
