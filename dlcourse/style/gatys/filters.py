"""Filters: one layer of random filters of many sizes, which no training has touched.

For texture a network need not be deep nor trained. A single convolution with random filters sees
texture of the size of its filters; so take filters from 3 pixels to some tens, all side by side.

Axes:   b c h w, images with values in [0, 1]
Paper:  Ustyuzhaninov, Brendel, Gatys & Bethge 2016, "Texture synthesis using shallow convolutional
        networks with random filters"
Torch:  torch.nn.functional.conv2d
"""

from collections.abc import Sequence
from functools import partial

import torch
from jaxtyping import Float
from torch import Generator, Tensor
from torch.nn.functional import conv2d, pad

from dlcourse.axes import Images

from .look import Features, Maps

__all__ = ["SIDES", "random_filters"]

SIDES = (3, 5, 7, 11, 15, 23, 37)
"""Sides of the filters, in pixels."""


def random_filters(
    generator: Generator, sides: Sequence[int] = SIDES, each: int = 24
) -> Features:
    """Draw ``each`` filters of every side; the layer of side 7 is called "random7".

    A filter sums to zero, so it does not answer to flat colour, and its squares sum to one.

    Args:
        generator: source of the filters.
        sides: of the filters, odd.
        each: filters of a side.

    Raises:
        ValueError: for an even side.

    >>> layer = random_filters(torch.Generator(), sides=(3, 5), each=2)
    >>> layer(torch.rand(1, 3, 6, 8), ["random5"])["random5"].shape
    torch.Size([1, 2, 6, 8])
    """
    drawn = {}
    for side in sides:
        if side % 2 == 0:
            raise ValueError(f"a filter has a middle: its side is odd, and not {side}")
        weight = torch.randn(each, 3, side, side, generator=generator)
        weight -= weight.mean(dim=(1, 2, 3), keepdim=True)
        norm = torch.linalg.vector_norm(weight, dim=(1, 2, 3), keepdim=True)
        drawn[f"random{side}"] = weight / norm
    return partial(_answers, drawn)


def _answers(
    drawn: dict[str, Float[Tensor, "_o 3 _kh _kw"]],
    images: Images,
    layers: Sequence[str],
) -> Maps:
    """Convolve with the filters of each named layer, with a mirror at the edge, and cut at zero."""
    for name in layers:
        if name not in drawn:
            raise KeyError(f'no layer is called "{name}"; there are {", ".join(drawn)}')
    found = {}
    for name in layers:
        half = drawn[name].shape[-1] // 2
        padded = pad(images, (half, half, half, half), mode="reflect")
        found[name] = conv2d(padded, drawn[name].to(images)).relu()
    return found
