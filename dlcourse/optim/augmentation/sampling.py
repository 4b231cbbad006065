"""Sampling: read a picture between its pixels.

A picture that is turned or stretched asks for colours at places where no pixel stands. The nearest
pixel is one answer; a mean of the four around, each weighted by how near it is, is a smoother one.

Axes:   b c h w images; oh ow places to read
Torch:  torch.nn.functional.grid_sample with align_corners=False, whose places run from -1 to 1
"""

from jaxtyping import Float, Num
from torch import Tensor

from .refusals import refuse_interpolation

__all__ = ["sample"]

Images = Num[Tensor, "b c h w"]
Places = Float[Tensor, "#b oh ow"]
Read = Num[Tensor, "b c oh ow"]


def sample(
    images: Images, rows: Places, columns: Places, interpolation: str = "bilinear"
) -> Read:
    """Read every image at places that are given in pixels; outside, there is 0.

    "nearest" rounds the place. "bilinear" weighs the four pixels around it, the one above on the
    left by ``(1 - v)(1 - u)`` if the place is ``v`` below and ``u`` right of it, and so on.

    Args:
        images: what to read; whole numbers come back rounded.
        rows: row of each place, 0 at the middle of the first pixel.
        columns: column of each place.
        interpolation: "nearest" or "bilinear".

    Raises:
        ValueError: for another interpolation.

    >>> picture = torch.tensor([[[[0.0, 4.0], [8.0, 12.0]]]])
    >>> place = torch.tensor([[[0.5]]]), torch.tensor([[[0.25]]])
    >>> sample(picture, *place).item()  # (0 + 8) / 2 and (4 + 12) / 2, three to one
    5.0
    """
    refuse_interpolation(interpolation)
    if interpolation == "nearest":
        return _pixels(images, rows.round(), columns.round())
    exact = images if images.is_floating_point() else images.double()
    mean = _bilinear(exact, rows, columns)
    return mean if images.is_floating_point() else mean.round().to(images.dtype)


def _bilinear(images: Images, rows: Places, columns: Places) -> Read:
    top, left = rows.floor(), columns.floor()
    down, right = rows - top, columns - left
    corners = (
        (top, left, (1 - down) * (1 - right)),
        (top, left + 1, (1 - down) * right),
        (top + 1, left, down * (1 - right)),
        (top + 1, left + 1, down * right),
    )
    return sum(
        weight[:, None].to(images) * _pixels(images, row, column)
        for row, column, weight in corners
    )


def _pixels(images: Images, rows: Places, columns: Places) -> Read:
    """Look up whole places, and 0 for those outside."""
    b, c, h, w = images.shape
    inside = (rows >= 0) & (rows < h) & (columns >= 0) & (columns < w)
    places = rows.clamp(0, h - 1).long() * w + columns.clamp(0, w - 1).long()
    index = places.flatten(1)[:, None].expand(b, c, -1)
    found = images.flatten(2).gather(2, index)
    return found.unflatten(2, rows.shape[1:]) * inside[:, None]
