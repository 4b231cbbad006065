"""Hue: turn the circle of colours, red to yellow to green to blue and back to red.

A colour has a hue, a place on that circle; a saturation, its distance from grey; and a value, its
largest channel. Turning the first leaves the others as they are.

Axes:   c h w, any number of axes before; values in [0, 1], hue too, which is a share of the circle
Paper:  Smith 1978, "Color gamut transform pairs"
Torch:  torchvision.transforms.v2.functional.adjust_hue, which computes in single precision
"""

import torch
from jaxtyping import Float
from torch import Tensor

from .refusals import Number, refuse_channels

__all__ = ["adjust_hue", "hsv_to_rgb", "rgb_to_hsv"]

Image = Float[Tensor, "*b c h w"]
Color = Float[Tensor, "*b 3 h w"]


def rgb_to_hsv(image: Color) -> Color:
    """Express colours as hue, saturation and value; a grey has hue 0.

    >>> rgb_to_hsv(torch.tensor([0.0, 0.0, 0.5]).reshape(3, 1, 1)).flatten().tolist()
    [0.6666666865348816, 1.0, 0.5]
    """
    red, green, blue = image.unbind(dim=-3)
    value, least = image.amax(dim=-3), image.amin(dim=-3)
    span = value - least
    divisor = torch.where(span > 0, span, torch.ones_like(span))
    # Which sixth of the circle: counted from red, green or blue, whichever is largest.
    sixth = torch.where(
        value == red,
        (green - blue) / divisor,
        torch.where(
            value == green, 2 + (blue - red) / divisor, 4 + (red - green) / divisor
        ),
    )
    saturation = span / torch.where(value > 0, value, torch.ones_like(value))
    return torch.stack([(sixth / 6) % 1, saturation, value], dim=-3)


def hsv_to_rgb(image: Color) -> Color:
    """Undo :func:`rgb_to_hsv`.

    With k the sixths from the place opposite to a channel, the channel is
    ``value (1 - saturation * clamp(min(k, 4 - k), 0, 1))``.

    >>> hsv_to_rgb(torch.tensor([0.5, 1.0, 0.25]).reshape(3, 1, 1)).flatten().tolist()
    [0.0, 0.25, 0.25]
    """
    hue, saturation, value = image.unbind(dim=-3)
    channels = []
    for opposite in (5, 3, 1):
        sixths = (6 * hue + opposite) % 6
        away = torch.minimum(sixths, 4 - sixths).clamp(0, 1)
        channels.append(value * (1 - saturation * away))
    return torch.stack(channels, dim=-3)


def adjust_hue(image: Image, hue_factor: Number) -> Image:
    """Turn every hue by a share of the circle; a grey picture stays as it is.

    Raises:
        ValueError: if the factor is not from -0.5 to 0.5 or there are neither 1 nor 3 channels.

    >>> adjust_hue(torch.tensor([1.0, 0.0, 0.0]).reshape(3, 1, 1), 0.5).flatten().tolist()
    [0.0, 1.0, 1.0]
    """
    refuse_channels(image)
    if not -0.5 <= hue_factor <= 0.5:
        raise ValueError(f"hue_factor ({hue_factor}) must lie from -0.5 to 0.5")
    if image.shape[-3] == 1:
        return image.clone()
    hue, *rest = rgb_to_hsv(image).unbind(dim=-3)
    return hsv_to_rgb(torch.stack([(hue + hue_factor) % 1, *rest], dim=-3))
