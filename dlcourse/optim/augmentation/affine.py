"""Affine: turn, shift, stretch and shear a picture, all by one matrix.

Straight lines stay straight and parallels stay parallel. The map is followed backwards: each pixel
of the result asks where it came from, so that none stays empty and none is written twice.

Axes:   c h w, any number of axes before; points are (x, y), x to the right and y down
Torch:  torchvision.transforms.v2.functional.affine, rotate; torchvision.transforms.v2.RandomAffine
"""

from collections.abc import Sequence
from math import ceil, floor

import torch
from jaxtyping import Float, Num
from torch import Generator, Tensor

from dlcourse.axes import Images

from .draws import uniform
from .refusals import Number
from .sampling import sample

__all__ = ["affine", "linear_map", "random_affine", "rotate", "source_places"]

Image = Num[Tensor, "*b c h w"]
Numbers = Float[Tensor, "b"]
Points = Float[Tensor, "b 2"]


def _matrix(*entries: Tensor) -> Float[Tensor, "b 2 2"]:
    return torch.stack(torch.broadcast_tensors(*entries), dim=-1).unflatten(-1, (2, 2))


def linear_map(angle: Numbers, scale: Numbers, shear: Points) -> Float[Tensor, "b 2 2"]:
    """Shear along x, then along y, stretch and turn: ``scale * turn @ shear_y @ shear_x``.

    Args:
        angle: degrees, clockwise as one looks at the picture.
        scale: factor of all lengths.
        shear: degrees by which upright lines lean over, and level ones.

    >>> one = torch.ones(1, dtype=torch.float64)
    >>> quarter = linear_map(90 * one, 2 * one, torch.zeros(1, 2, dtype=torch.float64))
    >>> quarter.round().tolist()  # (1, 0), to the right, becomes (0, 2), down
    [[[0.0, -2.0], [2.0, 0.0]]]
    """
    turn, (lean_x, lean_y) = angle.deg2rad(), shear.deg2rad().tan().unbind(dim=-1)
    one, zero = torch.ones_like(turn), torch.zeros_like(turn)
    rotation = _matrix(turn.cos(), -turn.sin(), turn.sin(), turn.cos())
    sheared = _matrix(one, zero, -lean_y, one) @ _matrix(one, -lean_x, zero, one)
    return scale[:, None, None] * rotation @ sheared


def source_places(
    linear: Float[Tensor, "b 2 2"],
    translate: Points,
    center: Points,
    size: tuple[int, int],
    new: tuple[int, int],
) -> tuple[Float[Tensor, "b oh ow"], Float[Tensor, "b oh ow"]]:
    """Find the row and the column from which each pixel of the result comes.

    A point p goes to ``center + translate + linear (p - center)``, so the pixel at q comes from
    ``center + linear^-1 (q - center - translate)``. All are counted from the middle of the picture.

    Args:
        linear: the map without its shift.
        translate: the shift, in pixels.
        center: the point that only the shift moves.
        size: height and width of the picture.
        new: height and width of the result.
    """
    y, x = (torch.arange(n, dtype=torch.float64) - (n - 1) / 2 for n in new)
    pixels = torch.stack(torch.meshgrid(x, y, indexing="xy"), dim=-1)  # oh ow 2
    moved = pixels.to(linear) - (center + translate)[:, None, None]  # b oh ow 2
    source = moved @ torch.linalg.inv(linear).mT[:, None] + center[:, None, None]
    columns, rows = source.unbind(dim=-1)
    return rows + (size[0] - 1) / 2, columns + (size[1] - 1) / 2


def affine(
    image: Image,
    angle: Number,
    translate: Sequence[Number],
    scale: Number,
    shear: Sequence[Number],
    interpolation: str = "nearest",
    *,
    center: Sequence[Number] | None = None,
) -> Image:
    """Shear, stretch, turn and shift a picture about a center.

    Args:
        image: the picture; what the map brings in from outside is 0.
        angle: degrees, clockwise.
        translate: pixels to the right and down.
        scale: factor of all lengths, above 0.
        shear: degrees along x and along y.
        interpolation: "nearest" or "bilinear".
        center: pixels from the left and upper edge; the middle of the picture by default.

    Raises:
        ValueError: for another interpolation or a scale that is not above 0.

    >>> affine(torch.arange(3)[None, None], 0, [1, 0], 1, [0, 0]).tolist()
    [[[0, 0, 1]]]
    """
    if not scale > 0:
        raise ValueError(f"scale ({scale}) must be above 0")
    linear = linear_map(_row(angle), _row(scale), _row(shear))
    size = image.shape[-2], image.shape[-1]
    places = source_places(linear, _row(translate), _offset(center, size), size, size)
    return _read(image, places, interpolation)


def rotate(
    image: Image,
    angle: Number,
    interpolation: str = "nearest",
    expand: bool = False,
    *,
    center: Sequence[Number] | None = None,
) -> Num[Tensor, "*b c oh ow"]:
    """Turn a picture anticlockwise: the other way than :func:`affine`, as torchvision has it.

    Args:
        image: the picture; what the turn brings in from outside is 0.
        angle: degrees, anticlockwise.
        interpolation: "nearest" or "bilinear".
        expand: whether the result grows until it holds the whole picture.
        center: as in :func:`affine`.

    Raises:
        ValueError: for another interpolation, or a center where the whole picture is to be held.

    >>> rotate(torch.tensor([[[1, 2], [3, 4]]]), 90).tolist()
    [[[2, 4], [1, 3]]]
    """
    if expand and center is not None:
        raise ValueError(
            f"center {list(center)} has no meaning with expand, which holds the whole picture"
        )
    size = image.shape[-2], image.shape[-1]
    quarters, rest = divmod(angle, 90)
    fits = expand or quarters % 2 == 0 or size[0] == size[1]
    if center is None and not rest and fits:
        return torch.rot90(image, int(quarters), (-2, -1))  # no pixel is mixed or lost
    linear = linear_map(_row(-angle), _row(1), _row([0, 0]))
    new = _whole(linear[0], size) if expand else size
    places = source_places(linear, _row([0, 0]), _offset(center, size), size, new)
    return _read(image, places, interpolation)


def _row(numbers: Number | Sequence[Number]) -> Float[Tensor, "1 *rest"]:
    return torch.tensor([numbers], dtype=torch.float64)


def _offset(center: Sequence[Number] | None, size: tuple[int, int]) -> Points:
    """Count the center from the middle of the picture."""
    if center is None:
        return _row([0, 0])
    return _row([center[0] - size[1] / 2, center[1] - size[0] / 2])


def _whole(linear: Float[Tensor, "2 2"], size: tuple[int, int]) -> tuple[int, int]:
    """Count the pixels that the turned picture touches, height and width."""
    h, w = size
    reach_x, reach_y = (linear.abs() @ torch.tensor([w, h]).to(linear) / 2).tolist()
    tolerance = 1e-4  # in pixels, as in torchvision, so that rounding gains none
    return tuple(
        ceil(n / 2 + reach - tolerance) - floor(n / 2 - reach + tolerance)
        for n, reach in ((h, reach_y), (w, reach_x))
    )


def _read(image: Image, places: tuple[Tensor, Tensor], interpolation: str) -> Tensor:
    """Sample all images of a batch at the same places."""
    batch = image.reshape(-1, *image.shape[-3:])
    rows, columns = (place.to(image.device) for place in places)
    read = sample(batch, rows, columns, interpolation)
    return read.reshape(*image.shape[:-2], *rows.shape[1:])


def random_affine(
    images: Images,
    degrees: Number,
    translate: tuple[Number, Number] = (0, 0),
    scale: tuple[Number, Number] = (1, 1),
    shear: Number = 0,
    interpolation: str = "bilinear",
    *,
    generator: Generator,
) -> Images:
    """Map each image by angle, shift, scale and shear of its own.

    Args:
        images: the batch.
        degrees: most to turn, either way.
        translate: most to shift, either way, as shares of width and height.
        scale: least and greatest factor.
        shear: most to shear along x, in degrees, either way.
        interpolation: "nearest" or "bilinear".
        generator: source of the numbers.
    """
    b, _, h, w = images.shape
    lean, across, down, angle = (
        uniform(-most, most, b, generator)
        for most in (shear, translate[0] * w, translate[1] * h, degrees)
    )
    upright = torch.zeros_like(lean)
    linear = linear_map(
        angle, uniform(*scale, b, generator), torch.stack([lean, upright], 1)
    )
    shift, center = torch.stack([across, down], 1), angle.new_zeros(b, 2)
    rows, columns = source_places(linear, shift, center, (h, w), (h, w))
    return sample(
        images, rows.to(images.device), columns.to(images.device), interpolation
    )
