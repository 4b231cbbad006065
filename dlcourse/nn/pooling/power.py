"""Power: the sum of a power of each window, and its root.

The power 1 sums, the power 2 measures energy, and the higher it is, the more the largest cell
decides; in the limit it alone does. Maximum and mean are the two ends of one family.

Axes:   b batch, c channels, h w input, oh ow output
Paper:  Sermanet, Chintala & LeCun 2012, "Convolutional neural networks applied to house numbers
        digit classification"
Torch:  torch.nn.functional.lp_pool2d
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from dlcourse.nn.convolution.geometry import Sides, per_side

from .maximum import max_pool2d
from .mean import avg_pool2d

__all__ = ["lp_pool2d"]


def lp_pool2d(
    input: Float[Tensor, "*b c h w"],
    norm_type: int | float,
    kernel_size: Sides,
    stride: Sides | None = None,
    ceil_mode: bool = False,
) -> Float[Tensor, "*b c oh ow"]:
    """Take the root of the sum of powers: ``y = (sum over the window of x^p)^(1/p)``.

    Where that sum is zero, so is the gradient. A window that hangs over the edge counts its mean
    power as often as a full window has cells.

    Args:
        input: feature maps; the batch axis may be left out.
        norm_type: the power ``p``; infinity takes the largest magnitude.
        kernel_size: height and width of the window, or one number for both.
        stride: cells from one window to the next; without one, the kernel's size.
        ceil_mode: whether a last window that begins inside the map may hang over.

    Raises:
        TypeError: if the input is not a floating point tensor.
        ValueError: if the power is zero, or another number is out of range.

    >>> lp_pool2d(torch.tensor([[[3.0, 4.0]]]), 2, kernel_size=(1, 2)).item()
    5.0
    """
    if norm_type == 0:
        raise ValueError("norm_type (0) must not be zero: the root 1/0 does not exist")
    if math.isinf(norm_type):
        sign = math.copysign(1.0, norm_type)  # minus infinity: the smallest magnitude
        largest = max_pool2d(
            sign * input.abs(), kernel_size, stride, ceil_mode=ceil_mode
        )
        return sign * largest
    means = avg_pool2d(input.pow(norm_type), kernel_size, stride, ceil_mode=ceil_mode)
    sums = means * math.prod(per_side("kernel_size", kernel_size))
    # The slope of a root at zero is infinite, so the zeros go around it.
    empty = sums == 0
    return torch.where(empty, 0.0, torch.where(empty, 1.0, sums).pow(1 / norm_type))
