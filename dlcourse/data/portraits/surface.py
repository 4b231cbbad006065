"""Surface: the head as an ellipsoid that is turned, tilted and moved.

Seen from the front, each pixel inside the outline meets the head at one point. Turning that point
back tells where on the face it lies, and so which feature is seen there: eyes move and narrow as a
head turns, and hair comes into view.

Axes:   b pictures, h w pixels
"""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from .parameters import Numbers

__all__ = ["Surface", "surface"]

Plane = Float[Tensor, "b h w"]


class Surface(NamedTuple):
    """What each pixel sees of the head."""

    x: Plane
    """From the middle of the head, in half pictures, the head upright."""
    y: Plane
    inside: Plane
    """Share of the pixel that the head covers."""
    normal: tuple[Plane, Plane, Plane]
    """Of the surface: to the right, downwards, towards the viewer."""
    s: Plane
    """Place on the face, turned back: to the right, in half pictures."""
    t: Plane
    """The same, downwards."""
    front: Plane
    """1 in the middle of the face, 0 at the ears, below 0 behind them."""
    pixel: Float[Tensor, "b 1 1"]
    """Width of a pixel in half pictures of the upright head."""


def surface(person: Numbers, shot: Numbers, size: int) -> Surface:
    """Find for each pixel the point of the head that it sees."""
    person, shot = _planes(person), _planes(shot)
    x, y, pixel = _upright(shot, size)
    width, height = person["head_width"], person["head_height"]
    chin = (y / height).clamp(0, 1)
    across, down = x / (width * (1 - person["jaw"] * chin**2)), y / height
    radius = (across**2 + down**2).sqrt()
    near = (1 - radius**2).clamp(min=0).sqrt()
    turned = _turn(across, near, shot["turn"])
    lifted = _turn(down, turned[1], shot["nod"])
    return Surface(
        x=x,
        y=y,
        inside=((1 - radius) * width / pixel + 0.5).clamp(0, 1),
        normal=(across, down, near),
        s=turned[0] * width,
        t=lifted[0] * height,
        front=lifted[1],
        pixel=pixel,
    )


def _planes(numbers: Numbers) -> dict[str, Float[Tensor, "b 1 1"]]:
    return {name: value[:, None, None] for name, value in numbers.items()}


def _upright(
    shot: dict[str, Tensor], size: int
) -> tuple[Plane, Plane, Float[Tensor, "b 1 1"]]:
    """Undo shift, tilt and scale of the pixels' middles."""
    middles = (torch.arange(size) + 0.5) * (2 / size) - 1
    right, down = middles - shot["shift_x"], middles[:, None] - shot["shift_y"]
    cos, sin = shot["tilt"].cos(), shot["tilt"].sin()
    x = (cos * right + sin * down) / shot["scale"]
    y = (cos * down - sin * right) / shot["scale"]
    return x, y, 2 / size / shot["scale"]


def _turn(side: Plane, near: Plane, angle: Tensor) -> tuple[Plane, Plane]:
    """Turn back about an axis in the plane of the picture."""
    cos, sin = angle.cos(), angle.sin()
    return cos * side - sin * near, sin * side + cos * near
