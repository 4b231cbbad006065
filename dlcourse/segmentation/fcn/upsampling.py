"""Upsampling: transposed convolutions that begin as bilinear interpolation.

A transposed convolution writes its kernel into the larger map, once for each cell and scaled by it.
A kernel that falls off linearly from its middle makes that the straight line between two cells. So
the network starts with smooth pictures, and learns to do better.

Axes:   h w of the kernel
Paper:  Long, Shelhamer & Darrell 2015, section 3.3
Torch:  torch.nn.ConvTranspose2d, torch.nn.functional.interpolate
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

__all__ = ["bilinear_kernel", "upsampler"]


def bilinear_kernel(factor: int) -> Float[Tensor, "h w"]:
    """Make the kernel that interpolates to ``factor`` times the size.

    One axis has ``2 factor - factor % 2`` weights, ``1 - |distance| / factor`` from the middle; the
    kernel is the product of both axes.

    Raises:
        ValueError: for a factor below 1.

    >>> bilinear_kernel(2)[1].tolist()  # 3/4 of 1/4, 3/4, 3/4, 1/4
    [0.1875, 0.5625, 0.5625, 0.1875]
    """
    if factor < 1:
        raise ValueError(f"factor ({factor}) must be at least 1")
    side = 2 * factor - factor % 2
    places = torch.arange(side) - (side - 1) / 2
    line = 1 - places.abs() / factor
    return line[:, None] * line


def upsampler(
    channels: int, factor: int, padding: int = 0, *, learned: bool = True
) -> nn.ConvTranspose2d:
    """Build a transposed convolution for each channel alone, with bilinear weights.

    A map of h cells becomes one of ``(h - 1) factor - 2 padding + kernel``. Padding by
    ``(factor - factor % 2) / 2`` gives ``factor h``, as interpolation does. The values are the same
    but where the kernel reaches over the border: interpolation finds the last cell again there, and
    a transposed convolution finds nothing.

    Args:
        channels: that enter and leave.
        factor: by which the map grows.
        padding: rows and columns that are cut off on each side.
        learned: whether training may change the weights.

    >>> up = upsampler(1, 2, padding=1)
    >>> up(torch.tensor([[[[4.0, 8.0], [4.0, 8.0]]]]))[0, 0, 1].tolist()  # 5 and 7 in between
    [3.0, 5.0, 7.0, 6.0]
    """
    kernel = bilinear_kernel(factor)
    up = nn.ConvTranspose2d(
        *(channels, channels, len(kernel)),
        stride=factor,
        padding=padding,
        groups=channels,
        bias=False,
    )
    up.weight = nn.Parameter(kernel.repeat(channels, 1, 1, 1), requires_grad=learned)
    return up
