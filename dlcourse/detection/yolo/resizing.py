"""Resizing: images and boxes of another size every few steps, for a network that takes any.

Without fully connected layers a network takes any image whose sides are multiples of its stride.
Shown many sizes in training, one set of weights can be run small and fast or large and accurate.

Axes:   b images, c channels, h w sides, oh ow sides afterwards
Paper:  Redmon & Farhadi 2017, "YOLO9000: better, faster, stronger"
Torch:  torchvision.models.detection.transform.GeneralizedRCNNTransform
"""

from collections.abc import Sequence
from typing import Any

import torch
from jaxtyping import Float
from torch import Generator, Tensor
from torch.nn.functional import interpolate

from dlcourse.axes import Images

__all__ = ["SIZES", "draw_size", "resize"]

SIZES = tuple(range(320, 609, 32))
"""The paper's: 320, 352 ... 608 pixels, one of which is drawn every ten batches."""


def draw_size(generator: Generator, sizes: Sequence[int] = SIZES) -> int:
    """Draw one of the sizes.

    >>> draw_size(torch.Generator().manual_seed(0)) in SIZES
    True
    """
    return sizes[int(torch.randint(len(sizes), (), generator=generator))]


def resize(
    images: Images, targets: Sequence[dict[str, Any]], size: int
) -> tuple[Float[Tensor, "b c oh ow"], list[dict[str, Any]]]:
    """Make images square, so many pixels a side, and move their boxes along.

    Other entries of the targets are kept as they are, but masks, which would not fit, left out.

    Args:
        images: of one size.
        targets: one for each, with ``boxes``.
        size: pixels on each side.

    >>> images, (target,) = resize(
    ...     torch.rand(1, 3, 10, 20), [{"boxes": torch.tensor([[2.0, 5, 12, 10]])}], size=40
    ... )
    >>> images.shape, target["boxes"].tolist()
    (torch.Size([1, 3, 40, 40]), [[4.0, 20.0, 24.0, 40.0]])
    """
    height, width = images.shape[-2:]
    if (height, width) != (size, size):
        images = interpolate(images, (size, size), mode="bilinear", antialias=True)
    factors = torch.tensor([width, height, width, height]).reciprocal() * size
    moved = []
    for target in targets:
        others = {name: value for name, value in target.items() if name != "masks"}
        moved.append(others | {"boxes": target["boxes"] * factors.to(target["boxes"])})
    return images, moved
