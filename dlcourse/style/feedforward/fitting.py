"""Fitting: steps down the perceptual loss, over crops of photographs.

No painting is ever shown to the network as the right answer. The loss judges whatever it paints.

Axes:   b crops of three channels, values in [0, 1]
Torch:  none
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn
from torch.optim import Adam
from torch.optim.lr_scheduler import OneCycleLR

from dlcourse.axes import Images
from dlcourse.data.photos import PHOTOS, photo
from dlcourse.optim.augmentation import random_crop, random_horizontal_flip

from .perceptual import PerceptualLoss

__all__ = ["HEIGHTS", "crops", "fit", "photographs"]

HEIGHTS = (128, 192, 256)
"""Pixels to which a photograph is shrunk before it is cut."""


def photographs() -> list[Float[Tensor, "_c _h _w"]]:
    """Load every bundled photograph at every height, in three channels."""
    return [
        photo(name, height=height).expand(3, -1, -1)
        for name in PHOTOS
        for height in HEIGHTS
    ]


def crops(
    pictures: Sequence[Float[Tensor, "_c _h _w"]],
    count: int,
    side: int,
    generator: Generator,
) -> Images:
    """Cut one square from each of ``count`` pictures drawn at random, half of them mirrored.

    >>> crops([torch.zeros(3, 9, 12)], 2, 8, torch.Generator()).shape
    torch.Size([2, 3, 8, 8])
    """
    which = torch.randint(len(pictures), (count,), generator=generator).tolist()
    cut = [random_crop(pictures[i][None], side, generator=generator) for i in which]
    return random_horizontal_flip(torch.cat(cut), generator=generator)


def fit(
    model: nn.Module,
    loss: PerceptualLoss,
    pictures: Sequence[Float[Tensor, "_c _h _w"]],
    steps: int,
    *,
    size: int = 4,
    side: int = 72,
    lr: float = 4e-3,
    generator: Generator,
) -> list[dict[str, float]]:
    """Train with Adam and one cycle of the learning rate.

    Args:
        model: changed in place.
        loss: of its paintings.
        pictures: to cut crops from.
        steps: to take.
        size: crops in a step.
        side: of a crop, in pixels.
        lr: the highest rate.
        generator: source of the crops.

    Returns:
        The losses of each step.

    Raises:
        FloatingPointError: as soon as a loss is not a finite number.
    """
    optimizer = Adam(model.parameters(), lr=lr)
    schedule = OneCycleLR(optimizer, lr, total_steps=steps, pct_start=0.2)
    history = []
    model.train()
    for step in range(steps):
        images = crops(pictures, size, side, generator)
        losses = loss(model(images), images)
        if not losses["total"].isfinite():
            raise FloatingPointError(f"the loss is not finite in step {step}: lower lr")
        optimizer.zero_grad()
        losses["total"].backward()
        optimizer.step()
        schedule.step()
        history.append({name: value.item() for name, value in losses.items()})
    model.eval()
    return history
