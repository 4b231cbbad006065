"""Jitter: brightness, contrast, saturation and hue by random amounts, in a random order.

Axes:   b c h w, c 3 or 1; values in [0, 1]
Torch:  torchvision.transforms.v2.ColorJitter, which draws once for a whole batch
"""

import torch
from torch import Generator

from dlcourse.axes import Image, Images

from .color import adjust_brightness, adjust_contrast, adjust_saturation
from .draws import uniform
from .hue import adjust_hue
from .refusals import Number, refuse_negative

__all__ = ["random_color_jitter"]


def random_color_jitter(
    images: Images,
    brightness: Number = 0.0,
    contrast: Number = 0.0,
    saturation: Number = 0.0,
    hue: Number = 0.0,
    *,
    generator: Generator,
) -> Images:
    """Change the colours of each image.

    Args:
        images: the batch.
        brightness: its factor is drawn from ``max(0, 1 - brightness)`` to ``1 + brightness``.
        contrast: likewise.
        saturation: likewise.
        hue: its factor is drawn from ``-hue`` to ``hue``.
        generator: source of the factors and of the order.

    Raises:
        ValueError: if one of them is below 0, or ``hue`` above 0.5.
    """
    ranges = {
        adjust_brightness: _around_one("brightness", brightness),
        adjust_contrast: _around_one("contrast", contrast),
        adjust_saturation: _around_one("saturation", saturation),
        adjust_hue: (-hue, hue),
    }
    refuse_negative("hue", hue)
    return torch.stack([_jittered(image, ranges, generator) for image in images])


def _around_one(name: str, most: Number) -> tuple[Number, Number]:
    refuse_negative(name, most)
    return max(0.0, 1 - most), 1 + most


def _jittered(image: Image, ranges: dict, generator: Generator) -> Image:
    changes = list(ranges)
    order = torch.randperm(len(changes), generator=generator, device=generator.device)
    for place in order.tolist():
        change = changes[place]
        image = change(image, uniform(*ranges[change], 1, generator).item())
    return image
