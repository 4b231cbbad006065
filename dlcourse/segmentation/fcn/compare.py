"""Compare: what the finer maps are worth, on the data and at the rates of the U-Net's comparison.

Run it by ``python -m dlcourse.segmentation.fcn.compare``; it needs a minute or so a training on one
core, prints its log, and ends with the means over three seeds. The first seed's weights of each
stride are those that are shipped.

Torch:  none
"""

from collections.abc import Sequence
from pathlib import Path
from statistics import mean

import torch
from jaxtyping import Int
from torch import Tensor, nn

from dlcourse.axes import Images
from dlcourse.data.masks import class_maps
from dlcourse.data.scenes import scenes
from dlcourse.segmentation._fit import fit, judged
from dlcourse.segmentation.overlap import boundary_f
from dlcourse.training import fixed_seed, generator, save_shipped

from .small import FILES, small

__all__ = ["SEEDS", "SIDE", "main", "outlined"]

SEEDS = (0, 1, 2)

SIDE = 64
"""Pixels of a scene's side."""

EPOCHS = 5


@torch.no_grad()
def outlined(model: nn.Module, images: Images, maps: Int[Tensor, "b h w"]) -> float:
    """Average over the pictures how well things are cut out of the ground, within one pixel."""
    found = torch.cat([model(part).argmax(dim=1) for part in images.split(50)])
    return float(boundary_f(found > 0, maps > 0, tolerance=1.0).nanmean())


def main(
    strides: Sequence[int] = (32, 16, 8),
    seeds: Sequence[int] = SEEDS,
    count: int = 600,
    files: dict[int, Path] = FILES,
) -> dict[int, list[tuple[float, float]]]:
    """Train each network once a seed, print the log, write the files.

    Args:
        strides: of the networks.
        seeds: of the trainings.
        count: scenes to learn from.
        files: to write, by stride: the first seed's weights.

    Returns:
        Mean IoU and boundary F on the test scenes, by stride and seed.
    """
    torch.set_num_threads(1)  # so that sums are taken in one order
    train, test = scenes(count, SIDE), scenes(200, SIDE, split="test", seed=1)
    seen, known = train.images, class_maps(train)
    unseen, wanted = test.images, class_maps(test)
    values: dict[int, list[tuple[float, float]]] = {stride: [] for stride in strides}
    for seed in seeds:
        for stride in strides:
            with fixed_seed(seed):
                model = small(stride)
            draws = generator(seed)
            loss = fit(model, seen, known, EPOCHS, size=4, lr=3e-3, generator=draws)[-1]
            value = judged(model, unseen, wanted), outlined(model, unseen, wanted)
            values[stride].append(value)
            told = f"mean IoU {value[0]:.4f}   outline {value[1]:.4f}"
            print(f"FCN-{stride}s   seed {seed}   loss {loss:.3f}   {told}", flush=True)
            if seed == seeds[0]:
                checksum = save_shipped(model, files[stride])
                print(f"FCN-{stride}s   checksum   {checksum}", flush=True)
    for stride, each in values.items():
        overlap, outline = (mean(column) for column in zip(*each, strict=True))
        print(f"FCN-{stride}s   mean IoU {overlap:.4f}   outline {outline:.4f}")
    return values


if __name__ == "__main__":
    main()
