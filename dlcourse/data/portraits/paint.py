"""Paint: soft shapes and colours.

A hard edge on a grid of 32 pixels would jump as a face moves by less than one. Here an edge covers
a pixel in part, so pictures change smoothly with every parameter.

Axes:   b pictures, c three channels, h w pixels
"""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcourse.axes import Images

__all__ = ["cover", "ellipse", "mixed", "ramp"]

Plane = Float[Tensor, "b h w"]


def cover(distance: Plane, pixel: Float[Tensor, "b 1 1"]) -> Plane:
    """Give the share of a pixel that lies inside, from the distance to the edge, positive inside.

    >>> cover(torch.tensor([[[-1.0, 0.0, 0.25, 3.0]]]), torch.ones(1, 1, 1)).tolist()
    [[[0.0, 0.5, 0.75, 1.0]]]
    """
    return (distance / pixel + 0.5).clamp(0, 1)


def ellipse(
    x: Plane,
    y: Plane,
    width: Tensor,
    height: Tensor,
    pixel: Float[Tensor, "b 1 1"],
) -> Plane:
    """Cover an ellipse about the origin with these half axes.

    One thinner than a pixel fades instead of keeping a pixel's width.
    """
    across, up = width.maximum(pixel / 2), height.maximum(pixel / 2)
    radius = ((x / across) ** 2 + (y / up) ** 2).sqrt()
    kept = (width * height) / (across * up)
    return kept * cover((1 - radius) * torch.minimum(across, up), pixel)


def mixed(picture: Images, colour: Tensor, share: Plane) -> Images:
    """Lay a colour, b c 1 1 or b c h w, over a picture where the share is above 0."""
    return picture + share[:, None] * (colour - picture)


def ramp(
    value: Float[Tensor, "b"], *colours: tuple[float, float, float]
) -> Float[Tensor, "b 3 1 1"]:
    """Go through the colours as the value goes from 0 to 1, in straight lines between them.

    >>> ramp(torch.tensor([0.75]), (0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (1.0, 1.0, 0.0)).flatten()
    tensor([1.0000, 0.5000, 0.0000])
    """
    stops = torch.tensor(colours, dtype=value.dtype)
    place = value.clamp(0, 1) * (len(colours) - 1)
    left = place.floor().long().clamp(max=len(colours) - 2)
    share = (place - left)[:, None]
    return (stops[left] + share * (stops[left + 1] - stops[left]))[:, :, None, None]
