"""Resized: a part of a picture, stretched to a given size.

One crop for place, size and proportions at once. Every network since Inception that learned
ImageNet has been shown its pictures in this way.

Axes:   c h w, any number of axes before; oh ow sides of the result
Paper:  Szegedy et al. 2015, "Going deeper with convolutions"
Torch:  torchvision.transforms.v2.functional.resized_crop; its random form is RandomResizedCrop
"""

from math import log, sqrt

import torch
from jaxtyping import Float
from torch import Generator, Tensor

from dlcourse.axes import Images

from .crops import Size, crop
from .draws import uniform, whole
from .refusals import Number
from .resizing import resize

__all__ = ["random_resized_crop", "resized_crop"]

TRIES = 10
"""How often a box is drawn before the middle of the picture has to do."""


def resized_crop(
    image: Float[Tensor, "*b c h w"],
    top: int,
    left: int,
    height: int,
    width: int,
    size: Size,
    interpolation: str = "bilinear",
    antialias: bool = True,
) -> Float[Tensor, "*b c oh ow"]:
    """Cut a part out and resize it.

    Raises:
        ValueError: as :func:`crop` and :func:`resize` do.
    """
    part = crop(image, top, left, height, width)
    return resize(part, size, interpolation, antialias)


def random_resized_crop(
    images: Images,
    size: Size,
    scale: tuple[Number, Number] = (0.08, 1.0),
    ratio: tuple[Number, Number] = (3 / 4, 4 / 3),
    *,
    generator: Generator,
) -> Float[Tensor, "b c oh ow"]:
    """Cut a part of random area, proportions and place out of each image, and resize it.

    Args:
        images: the batch.
        size: height and width of the results, or one number for both.
        scale: least and greatest share of the area.
        ratio: least and greatest width over height.
        generator: source of the numbers.

    Raises:
        ValueError: for a range that is empty or not above 0.
    """
    for name, (low, high) in {"scale": scale, "ratio": ratio}.items():
        if not 0 < low <= high:
            raise ValueError(f"{name} ({low}, {high}) must go up from a number above 0")
    boxes = (_draw_box(*images.shape[-2:], scale, ratio, generator) for _ in images)
    return torch.stack(
        [
            resized_crop(image, *box, size)
            for image, box in zip(images, boxes, strict=True)
        ]
    )


def _draw_box(
    h: int,
    w: int,
    scale: tuple[Number, Number],
    ratio: tuple[Number, Number],
    generator: Generator,
) -> tuple[int, int, int, int]:
    """Draw top, left, height and width of a box that fits into the picture."""
    areas = h * w * uniform(*scale, TRIES, generator)
    # Evenly on a logarithmic scale: 3 to 4 is as likely as 4 to 3.
    ratios = uniform(log(ratio[0]), log(ratio[1]), TRIES, generator).exp()
    for area, proportion in zip(areas.tolist(), ratios.tolist(), strict=True):
        height, width = round(sqrt(area / proportion)), round(sqrt(area * proportion))
        if 0 < height <= h and 0 < width <= w:
            top, left = (whole(n, generator) for n in (h - height, w - width))
            return top, left, height, width
    return _middle(h, w, ratio)


def _middle(h: int, w: int, ratio: tuple[Number, Number]) -> tuple[int, int, int, int]:
    """Take the largest box in the middle whose proportions are allowed."""
    height, width = min(h, round(w / ratio[0])), min(w, round(h * ratio[1]))
    return (h - height) // 2, (w - width) // 2, height, width
