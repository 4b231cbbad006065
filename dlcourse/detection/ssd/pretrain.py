"""Pretrain: learn the weights that are shipped, from the pretrained backbone to the file.

Run it by ``python -m dlcourse.detection.ssd.pretrain``; it needs some minutes a seed on one core,
prints its log, and ends with the mean average precision of three seeds and the checksum that
:mod:`.small` keeps. The file holds the first seed's weights.

Torch:  none
"""

import torch

from dlcourse.data.scenes import Scenes, scenes
from dlcourse.detection._backbone import backbone_pretrained
from dlcourse.detection._fit import fit
from dlcourse.detection._weights import save_shipped
from dlcourse.detection.precision import mean_average_precision
from dlcourse.training import fixed_seed, generator

from .network import SSD
from .small import WEIGHTS, small

__all__ = ["judged", "learned", "main"]

SEEDS = (0, 1, 2)
EPOCHS = 10


@torch.no_grad()
def judged(model: SSD, data: Scenes) -> float:
    """Measure the mean average precision at an IoU of 0.5."""
    found = [each for images in data.images.split(50) for each in model(images)]
    return mean_average_precision(found, data.targets)


def learned(
    seed: int, train: Scenes, epochs: int = EPOCHS, **options: float
) -> tuple[SSD, list[dict[str, float]]]:
    """Train one detector; the seed draws its heads, its order of scenes and its mirror images."""
    with fixed_seed(seed):
        model = small(backbone_pretrained(), **options)
    return model, fit(model, train, epochs, generator=generator(seed))


def main() -> None:
    """Train, print the log, write the file."""
    torch.set_num_threads(1)  # so that sums are taken in one order
    train, test = scenes(1500), scenes(200, split="test", seed=1)
    values = []
    for seed in SEEDS:
        model, history = learned(seed, train)
        for epoch, losses in enumerate(history):
            told = "   ".join(f"{name} {value:.3f}" for name, value in losses.items())
            print(f"seed {seed}   epoch {epoch}   {told}", flush=True)
        values.append(judged(model, test))
        print(f"seed {seed}   mAP {values[-1]:.4f}", flush=True)
        if seed == SEEDS[0]:
            checksum = save_shipped(model, WEIGHTS)
    mean = sum(values) / len(values)
    print(f"mean of {len(values)} seeds   mAP {mean:.4f}")
    print(f"checksum   {checksum}")


if __name__ == "__main__":
    main()
