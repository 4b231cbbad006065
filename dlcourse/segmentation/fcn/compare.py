"""Compare: what the finer maps are worth, on the data and at the rates of the U-Net's comparison.

Run it by ``python -m dlcourse.segmentation.fcn.compare``; it needs a minute or so a training on one
core, prints its log, and ends with the means over three seeds. The first seed's weights of each
stride are those that are shipped.

Torch:  none
"""

from collections.abc import Sequence
from functools import partial
from pathlib import Path
from statistics import mean

from dlcourse.segmentation._compare import SEEDS, Comparison
from dlcourse.training import save_shipped

from .small import FILES, small

__all__ = ["main"]


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
    comparison = Comparison(count)
    values: dict[int, list[tuple[float, float]]] = {stride: [] for stride in strides}
    for seed in seeds:
        for stride in strides:
            name = f"FCN-{stride}s  "
            model, value = comparison.train(name, partial(small, stride), seed)
            values[stride].append(value)
            if seed == seeds[0]:
                checksum = save_shipped(model, files[stride])
                print(f"{name} checksum   {checksum}", flush=True)
    for stride, each in values.items():
        overlap, outline = (mean(column) for column in zip(*each, strict=True))
        print(f"FCN-{stride}s   mean IoU {overlap:.4f}   outline {outline:.4f}")
    return values


if __name__ == "__main__":
    main()
