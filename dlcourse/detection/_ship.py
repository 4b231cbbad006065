"""Ship: learn a detector from several seeds, say how good each one is, keep the first.

One training says little: the next seed may be two points better or worse. So the log has three, and
the page quotes their mean. The weights that are shipped are those of the first seed, not of the
best.

Torch:  none
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import torch
from torch import nn

from dlcourse.data.scenes import Scenes
from dlcourse.training import fixed_seed, generator, save_shipped

from ._fit import fit
from .precision import mean_average_precision

__all__ = ["SEEDS", "judged", "learned", "ship"]

SEEDS = (0, 1, 2)


@torch.no_grad()
def judged(model: nn.Module, data: Scenes) -> float:
    """Measure the mean average precision at an IoU of 0.5, area below the whole curve."""
    found = [each for images in data.images.split(50) for each in model(images)]
    return mean_average_precision(found, data.targets)


def learned(
    build: Callable[[], nn.Module], seed: int, train: Scenes, epochs: int, **rates: Any
) -> tuple[nn.Module, list[dict[str, float]]]:
    """Train one detector; the seed draws its head, its order of scenes and its mirror images.

    Args:
        build: makes the detector.
        seed: of the random numbers.
        train: scenes to learn from.
        epochs: passes over them.
        rates: further arguments of :func:`._fit.fit`.

    Returns:
        The detector, and the mean of each loss in each pass.
    """
    with fixed_seed(seed):
        model = build()
    return model, fit(model, train, epochs, generator=generator(seed), **rates)


def ship(
    build: Callable[[], nn.Module],
    path: Path,
    train: Scenes,
    test: Scenes,
    epochs: int,
    seeds: Sequence[int] = SEEDS,
    **rates: Any,
) -> float:
    """Train once for each seed, print the log, write the first one's weights.

    Args:
        build: makes the detector.
        path: of the weights.
        train: scenes to learn from.
        test: scenes to be judged by.
        epochs: passes over the training scenes.
        seeds: of the trainings.
        rates: further arguments of :func:`._fit.fit`.

    Returns:
        The mean average precision on the test scenes, the mean over the seeds.
    """
    torch.set_num_threads(1)  # so that sums are taken in one order
    values = []
    for seed in seeds:
        model, history = learned(build, seed, train, epochs, **rates)
        for epoch, losses in enumerate(history):
            told = "   ".join(f"{name} {value:.3f}" for name, value in losses.items())
            print(f"seed {seed}   epoch {epoch}   {told}")
        values.append(judged(model, test))
        print(f"seed {seed}   mAP {values[-1]:.4f}", flush=True)
        if seed == seeds[0]:
            checksum = save_shipped(model, path)
    mean = sum(values) / len(values)
    print(f"mean of {len(values)} seeds   mAP {mean:.4f}")
    print(f"checksum   {checksum}")
    return mean
