"""Resizing: show a picture with another number of pixels.

Each new pixel is a mean of old ones, weighted by how near they are: a triangle over its place. When
a picture shrinks, the triangle widens with the new pixels, or what lies between them would be
skipped and come back as false patterns.

Axes:   c h w, any number of axes before; oh ow new sides
Torch:  torchvision.transforms.v2.functional.resize, torch.nn.functional.interpolate
"""

import torch
from jaxtyping import Float
from torch import Tensor

from .crops import Size, sides
from .refusals import refuse_interpolation

__all__ = ["resize", "triangles"]

Image = Float[Tensor, "*b c h w"]


def triangles(n: int, new: int, antialias: bool = True) -> Float[Tensor, "{new} {n}"]:
    """Give each of ``new`` pixels its weights on ``n`` old ones.

    Pixel i stands at ``(i + 1/2) n / new - 1/2`` among the old. The weight falls in a straight line
    from there to 0 at a distance of 1, or of ``n / new`` if that is more and ``antialias`` holds.

    >>> triangles(2, 4).tolist()
    [[1.0, 0.0], [0.75, 0.25], [0.25, 0.75], [0.0, 1.0]]
    >>> (7 * triangles(4, 2)).round().tolist()
    [[3.0, 3.0, 1.0, 0.0], [0.0, 1.0, 3.0, 3.0]]
    """
    step = n / new
    reach = max(step, 1.0) if antialias else 1.0
    place = (torch.arange(new, dtype=torch.float64) + 0.5) * step - 0.5
    distance = (place[:, None] - torch.arange(n)).abs()
    weights = (1 - distance / reach).clamp(min=0)
    return weights / weights.sum(
        dim=1, keepdim=True
    )  # at the border some have no pixel


def _nearest(n: int, new: int) -> Float[Tensor, "{new} {n}"]:
    """Give each new pixel a weight of 1 on one old pixel: the one at ``floor(i n / new)``."""
    # In single precision, since torch computes it so.
    step = torch.tensor(n / new, dtype=torch.float32)
    chosen = (torch.arange(new, dtype=torch.float32) * step).long().clamp(max=n - 1)
    return torch.eye(n, dtype=torch.float64)[chosen]


def resize(
    image: Image,
    size: Size,
    interpolation: str = "bilinear",
    antialias: bool = True,
) -> Float[Tensor, "*b c oh ow"]:
    """Weigh the rows, then the columns: ``W_rows image W_columns^T``.

    Args:
        image: the picture.
        size: new height and width, or one number for both.
        interpolation: "bilinear" or "nearest".
        antialias: whether to average over all pixels that a new one covers.

    Raises:
        ValueError: for another interpolation or a size without pixels.

    >>> resize(torch.tensor([[[0.0, 1.0]]]), [1, 4]).tolist()
    [[[0.0, 0.25, 0.75, 1.0]]]
    """
    refuse_interpolation(interpolation)
    height, width = sides(size)
    rows, columns = (
        (
            _nearest(n, new)
            if interpolation == "nearest"
            else triangles(n, new, antialias)
        ).to(image)
        for n, new in zip(image.shape[-2:], (height, width), strict=True)
    )
    return rows @ image @ columns.T
