"""Crops: a part of a picture, in the middle or anywhere.

Where the object stands should not matter to its name. Crops at many places say so, and cost no more
than copying.

Axes:   c h w, any number of axes before; oh ow sides of the crop
Torch:  torchvision.transforms.v2.functional.crop, center_crop; torchvision.transforms.v2.RandomCrop
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int, Num
from torch import Generator, Tensor

from dlcourse.axes import Images

from .refusals import refuse_negative, refuse_size

__all__ = ["center_crop", "crop", "random_crop", "sides"]

Image = Num[Tensor, "*b c h w"]
Cropped = Num[Tensor, "*b c oh ow"]
Size = int | Sequence[int]
"""One number for a square, or height and width."""


def sides(size: Size) -> tuple[int, int]:
    """Read a size as height and width.

    Raises:
        ValueError: if it is not one or two numbers of at least 1.

    >>> sides(3), sides([2, 5])
    ((3, 3), (2, 5))
    """
    numbers = (size,) if isinstance(size, int) else tuple(size)
    if len(numbers) not in (1, 2):
        raise ValueError(
            f"size {list(numbers)} must be one number, or height and width"
        )
    height, width = numbers[0], numbers[-1]
    refuse_size(height, width)
    return height, width


def crop(image: Image, top: int, left: int, height: int, width: int) -> Cropped:
    """Cut out ``height`` rows from ``top`` on and ``width`` columns from ``left`` on.

    What lies beyond the picture is 0.

    Raises:
        ValueError: if the crop has no pixels, or none of the picture's.

    >>> crop(torch.tensor([[[1, 2, 3], [4, 5, 6]]]), top=1, left=1, height=2, width=2).tolist()
    [[[5, 6], [0, 0]]]
    """
    refuse_size(height, width)
    h, w = image.shape[-2:]
    if not (-height < top < h and -width < left < w):
        raise ValueError(
            f"the crop of {height}x{width} at row {top}, column {left} holds nothing of the "
            f"{h}x{w} picture"
        )
    # torch pads by a negative number of pixels too: it cuts them off.
    return F.pad(image, (-left, left + width - w, -top, top + height - h))


def center_crop(image: Image, output_size: Size) -> Cropped:
    """Cut the middle out; a larger size surrounds the picture with zeros.

    >>> center_crop(torch.arange(4)[None, None], [1, 2]).tolist()
    [[[1, 2]]]
    """
    height, width = sides(output_size)
    top, left = (
        _margin(side, length)
        for side, length in zip(image.shape[-2:], (height, width), strict=True)
    )
    return crop(image, top, left, height, width)


def _margin(side: int, length: int) -> int:
    """Halve what is left over, where the half of an odd number is rounded as torchvision does."""
    return round((side - length) / 2) if length < side else -((length - side) // 2)


def random_crop(
    images: Images, size: Size, padding: int = 0, *, generator: Generator
) -> Float[Tensor, "b c oh ow"]:
    """Surround each image with ``padding`` zeros, and cut a part of ``size`` out anywhere.

    Raises:
        ValueError: if the part is larger than the padded image, or ``padding`` is below 0.
    """
    refuse_negative("padding", padding)
    height, width = sides(size)
    padded = F.pad(images, (padding,) * 4)
    room = padded.shape[-2] - height, padded.shape[-1] - width
    if min(room) < 0:
        raise ValueError(
            f"the crop of {height}x{width} is larger than the padded image of "
            f"{padded.shape[-2]}x{padded.shape[-1]}"
        )
    rows = _runs(room[0], height, len(images), generator).to(images.device)
    columns = _runs(room[1], width, len(images), generator).to(images.device)
    n = torch.arange(len(images), device=images.device)[:, None, None]
    picked = padded[n, :, rows[:, :, None], columns[:, None, :]]
    return picked.permute(0, 3, 1, 2)  # b oh ow c to b c oh ow


def _runs(
    room: int, length: int, count: int, generator: Generator
) -> Int[Tensor, "{count} {length}"]:
    """Draw ``count`` runs of neighbouring indices that start anywhere from 0 to ``room``."""
    shape, device = (count, 1), generator.device
    starts = torch.randint(room + 1, shape, generator=generator, device=device)
    return starts + torch.arange(length, device=device)
