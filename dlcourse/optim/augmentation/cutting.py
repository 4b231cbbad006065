"""Cutting: a hole in every picture, so that no single part decides.

A network that knows cats by their ears fails on a cat behind a fence. Cutout covers a square at a
random place, ears included now and then, and the rest has to do.

Axes:   c h w, any number of axes before
Paper:  DeVries & Taylor 2017, "Improved regularization of convolutional neural networks with
        cutout"; Zhong et al. 2020, "Random erasing data augmentation"
Torch:  torchvision.transforms.v2.functional.erase; RandomErasing, whose hole stays inside
"""

import torch
from jaxtyping import Bool, Int, Num
from torch import Generator, Tensor

from dlcourse.axes import Images

from .refusals import refuse_negative

__all__ = ["cutout", "erase", "random_cutout"]

Image = Num[Tensor, "*b c h w"]


def erase(image: Image, i: int, j: int, h: int, w: int, v: Tensor) -> Image:
    """Put ``v`` in place of ``h`` rows from row ``i`` on and ``w`` columns from column ``j`` on.

    Raises:
        ValueError: if one of the four is below 0.

    >>> erase(torch.ones(1, 2, 3), i=0, j=1, h=2, w=1, v=torch.tensor(0.0)).tolist()
    [[[1.0, 0.0, 1.0], [1.0, 0.0, 1.0]]]
    """
    for name, value in {"i": i, "j": j, "h": h, "w": w}.items():
        refuse_negative(name, value)
    covered = image.clone()
    covered[..., i : i + h, j : j + w] = v
    return covered


def _hole(
    rows: Int[Tensor, "b"], columns: Int[Tensor, "b"], length: int, h: int, w: int
) -> Bool[Tensor, "b 1 h w"]:
    """Mark the pixels of a square around each place; those outside are not there to be marked."""
    down, across = (
        torch.arange(side, device=places.device) - (places[:, None] - length // 2)
        for side, places in ((h, rows), (w, columns))
    )  # how far each pixel lies behind the start of the square
    inside = [(distance >= 0) & (distance < length) for distance in (down, across)]
    return (inside[0][:, :, None] & inside[1][:, None, :])[:, None]


def cutout(image: Image, row: int, column: int, length: int) -> Image:
    """Cover a square of ``length`` pixels around a place; what of it lies outside is lost.

    It starts ``length // 2`` rows above and columns left of the place.

    Raises:
        ValueError: if ``length`` is below 0.

    >>> cutout(torch.ones(1, 2, 3), row=0, column=0, length=2).tolist()
    [[[0.0, 1.0, 1.0], [1.0, 1.0, 1.0]]]
    """
    refuse_negative("length", length)
    place = (torch.tensor([at], device=image.device) for at in (row, column))
    return image.masked_fill(_hole(*place, length, *image.shape[-2:])[0], 0)


def random_cutout(images: Images, length: int, *, generator: Generator) -> Images:
    """Cover a square in each image, around any of its pixels alike.

    Near the border the hole is smaller. The paper found that it matters: now and then, most of the
    picture should be seen.

    Raises:
        ValueError: if ``length`` is below 0.
    """
    refuse_negative("length", length)
    (h, w), shape = images.shape[-2:], (len(images),)
    places = torch.randint(h * w, shape, generator=generator, device=generator.device)
    places = places.to(images.device)
    return images.masked_fill(_hole(places // w, places % w, length, h, w), 0)
