"""Flips: mirror images.

A cat that looks left is as much a cat. A digit is not, and a network that is to read must not be
taught otherwise: which flips keep the label is for people to say.

Axes:   c h w, any number of axes before
Torch:  torchvision.transforms.v2.functional.horizontal_flip, vertical_flip
"""

import torch
from jaxtyping import Num
from torch import Generator, Tensor

from dlcourse.axes import Images

from .draws import chance
from .refusals import Number

__all__ = ["horizontal_flip", "random_horizontal_flip", "vertical_flip"]

Image = Num[Tensor, "*b c h w"]


def horizontal_flip(image: Image) -> Image:
    """Swap left and right.

    >>> horizontal_flip(torch.tensor([[[1, 2], [3, 4]]])).tolist()
    [[[2, 1], [4, 3]]]
    """
    return image.flip(-1)


def vertical_flip(image: Image) -> Image:
    """Swap top and bottom.

    >>> vertical_flip(torch.tensor([[[1, 2], [3, 4]]])).tolist()
    [[[3, 4], [1, 2]]]
    """
    return image.flip(-2)


def random_horizontal_flip(
    images: Images, p: Number = 0.5, *, generator: Generator
) -> Images:
    """Flip each image with probability ``p``.

    Raises:
        ValueError: if ``p`` is not from 0 to 1.
    """
    flipped = chance(p, len(images), generator).to(images.device)
    return torch.where(flipped[:, None, None, None], horizontal_flip(images), images)
