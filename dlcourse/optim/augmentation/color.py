"""Color: make a picture brighter, flatter or greyer.

Light and camera change colours far more than the object does. Each of the three changes mixes the
picture with another one: with black, with an even grey, with its own grey version.

Axes:   c h w, any number of axes before, c 3 or 1; values in [0, 1]
Torch:  torchvision.transforms.v2.functional.adjust_brightness, adjust_contrast, adjust_saturation,
        rgb_to_grayscale
"""

import torch
from jaxtyping import Float
from torch import Tensor

from .refusals import Number, refuse_channels, refuse_negative

__all__ = [
    "adjust_brightness",
    "adjust_contrast",
    "adjust_saturation",
    "rgb_to_grayscale",
]

Image = Float[Tensor, "*b c h w"]
Grey = Float[Tensor, "*b 1 h w"]

LUMA = (0.2989, 0.587, 0.114)
"""How bright red, green and blue look, as ITU-R BT.601 weighs them; torchvision's digits."""


def rgb_to_grayscale(image: Image) -> Grey:
    """Weigh red, green and blue by how bright they look: ``0.2989 r + 0.587 g + 0.114 b``.

    Raises:
        ValueError: if there are neither 1 nor 3 channels.

    >>> rgb_to_grayscale(torch.tensor([0.0, 1.0, 0.0]).reshape(3, 1, 1)).item()
    0.5870000123977661
    """
    refuse_channels(image)
    if image.shape[-3] == 1:
        return image.clone()
    weights = image.new_tensor(LUMA)[:, None, None]
    return (weights * image).sum(dim=-3, keepdim=True)


def _blend(image: Image, other: Tensor, factor: Number) -> Image:
    """Mix, or go beyond the picture, away from the other, if the factor is above 1."""
    return (factor * image + (1 - factor) * other).clamp(0, 1)


def adjust_brightness(image: Image, brightness_factor: Number) -> Image:
    """Mix the picture with black: 0 is black, 1 the picture, 2 twice as bright.

    Raises:
        ValueError: if the factor is below 0 or there are neither 1 nor 3 channels.

    >>> adjust_brightness(torch.tensor([[[0.25, 0.75]]]), 2).tolist()
    [[[0.5, 1.0]]]
    """
    refuse_channels(image)
    refuse_negative("brightness_factor", brightness_factor)
    return _blend(image, torch.zeros_like(image), brightness_factor)


def adjust_contrast(image: Image, contrast_factor: Number) -> Image:
    """Mix the picture with the mean of its grey version: 0 is that grey, 1 the picture.

    Raises:
        ValueError: if the factor is below 0 or there are neither 1 nor 3 channels.

    >>> adjust_contrast(torch.tensor([[[0.25, 0.75]]]), 0.5).tolist()
    [[[0.375, 0.625]]]
    """
    refuse_negative("contrast_factor", contrast_factor)
    mean = rgb_to_grayscale(image).mean(dim=(-3, -2, -1), keepdim=True)
    return _blend(image, mean, contrast_factor)


def adjust_saturation(image: Image, saturation_factor: Number) -> Image:
    """Mix the picture with its grey version: 0 is grey, 1 the picture, 2 twice as colourful.

    Raises:
        ValueError: if the factor is below 0 or there are neither 1 nor 3 channels.

    >>> adjust_saturation(torch.tensor([[[0.25, 0.75]]]), 0).tolist()  # grey as it is
    [[[0.25, 0.75]]]
    """
    refuse_negative("saturation_factor", saturation_factor)
    grey = rgb_to_grayscale(image)
    return (
        image.clone()
        if image.shape[-3] == 1
        else _blend(image, grey, saturation_factor)
    )
