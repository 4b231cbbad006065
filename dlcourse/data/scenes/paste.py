"""Paste: put a cut-out onto a picture at a size, an angle and a place.

Shrinking averages over areas, so that a coin of 60 pixels and one of 12 both look like photographs.
A pixel on the outline takes the mean of both pictures by the share that is covered.

Axes:   c h w the picture; the cut-out has pixels of its own
Torch:  torch.nn.functional.interpolate, affine_grid, grid_sample
"""

import math
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Generator, Tensor
from torch.nn.functional import affine_grid, grid_sample, interpolate, pad

from dlcourse.axes import Image

from .cutouts import Cutout

__all__ = ["Stamp", "paste", "stamp"]

ANGLE = math.radians(15)
"""The most a thing is turned, to either side."""


@dataclass(frozen=True)
class Stamp:
    """A cut-out at its final size: colours and how far each pixel covers."""

    colours: Image
    alpha: Float[Tensor, "1 h w"]


def stamp(
    cutout: Cutout, side: int, ink: Float[Tensor, "c"], generator: Generator
) -> Stamp:
    """Shrink a cut-out so that its longer side has ``side`` pixels; turn, mirror and light it.

    Args:
        cutout: what to paste.
        side: pixels of the longer side before it is turned.
        ink: colour of what is inked.
        generator: source of angle, mirror image and light.
    """
    turn, mirror, light = torch.rand(3, generator=generator).tolist()
    layers = torch.cat([cutout.pixels, cutout.alpha[None]])[None]
    if cutout.mirrored and mirror < 0.5:
        layers = layers.flip(3)
    scale = side / max(cutout.alpha.shape)
    size = [max(2, round(length * scale)) for length in cutout.alpha.shape]
    layers = interpolate(layers, size, mode="bilinear", antialias=True)
    layers = _turned(layers, ANGLE * (2 * turn - 1))[0]
    alpha = layers[3:]
    if cutout.inked:
        # Ink has a sharp edge, also where the scan of it had only eight pixels.
        alpha = ((alpha - 0.5) * max(1.0, scale / 2) + 0.5).clamp(0, 1)
    colours = ink[:, None, None] if cutout.inked else layers[:3] * (0.7 + 0.6 * light)
    return Stamp(colours.expand_as(layers[:3]).clamp(0, 1), alpha)


def _turned(
    layers: Float[Tensor, "1 c h w"], angle: float
) -> Float[Tensor, "1 c oh ow"]:
    """Turn around the middle, in a frame just large enough for what is turned."""
    height, width = layers.shape[2:]
    cosine, sine = math.cos(angle), math.sin(angle)
    full_height = math.ceil(height * cosine + width * abs(sine))
    full_width = math.ceil(width * cosine + height * abs(sine))
    # grid_sample counts from -1 to 1 on either side, whatever the number of pixels.
    matrix = [
        [cosine * full_width / width, -sine * full_height / width, 0],
        [sine * full_width / height, cosine * full_height / height, 0],
    ]
    grid = affine_grid(
        torch.tensor([matrix]), [1, 4, full_height, full_width], align_corners=False
    )
    colours = grid_sample(
        layers[:, :3], grid, padding_mode="border", align_corners=False
    )
    alpha = grid_sample(layers[:, 3:], grid, align_corners=False)
    return torch.cat([colours, alpha], dim=1)


def paste(
    picture: Image, stamp: Stamp, top: int, left: int
) -> tuple[Image, Bool[Tensor, "h w"]]:
    """Lay a stamp over a picture, its corner at a row and column that may lie outside.

    Returns:
        The new picture, and where it is covered by more than half.

    >>> dot = Stamp(torch.ones(3, 2, 2), torch.ones(1, 2, 2))
    >>> picture, covered = paste(torch.zeros(3, 3, 3), dot, top=2, left=-1)
    >>> covered.nonzero().tolist()
    [[2, 0]]
    """
    height, width = picture.shape[1:]
    rows, columns = stamp.alpha.shape[1:]
    # Negative padding cuts off what lies outside.
    frame = (left, width - left - columns, top, height - top - rows)
    alpha, colours = pad(stamp.alpha, frame), pad(stamp.colours, frame)
    return (picture + alpha * (colours - picture)).clamp(0, 1), alpha[0] > 0.5
