"""Units: a convolution and what follows it, the piece of which every branch is made.

In 2014 that was a bias and a ReLU. From 2015 on it is a normalization, which brings its own bias,
and a ReLU.

Axes:   b images, i and o channels that enter and leave, h w and oh ow sides
Torch:  torchvision.models.googlenet.BasicConv2d
"""

from collections import OrderedDict
from collections.abc import Callable
from functools import partial

from torch import nn

from dlcourse.models._convolution import conv_norm_activation

__all__ = ["Unit", "biased", "normalized"]

Unit = Callable[..., nn.Module]
"""Makes a unit from ``in_channels, out_channels, kernel_size=1, stride=1, padding=None``."""

_relu = partial(nn.ReLU, inplace=True)


def normalized(
    in_channels: int,
    out_channels: int,
    kernel_size: int | tuple[int, int] = 1,
    stride: int = 1,
    padding: int | None = None,
) -> nn.Module:
    """Convolve without bias, normalize with an epsilon of 0.001, cut at zero.

    Args:
        in_channels: channels that enter.
        out_channels: channels that leave.
        kernel_size: height and width of the kernel, or one number for both.
        stride: cells from one window to the next.
        padding: cells of zeros on each side; without one, so many that stride 1 keeps the size.

    >>> [name for name, _ in normalized(3, 8).named_children()]
    ['conv', 'norm', 'activation']
    """
    return conv_norm_activation(
        *(in_channels, out_channels, kernel_size, stride, padding),
        norm=partial(nn.BatchNorm2d, eps=1e-3),
        activation=_relu,
    )


def biased(
    in_channels: int,
    out_channels: int,
    kernel_size: int = 1,
    stride: int = 1,
    padding: int | None = None,
) -> nn.Module:
    """Convolve with a bias, cut at zero: the unit of 2014. Arguments as for :func:`normalized`.

    >>> sum(p.numel() for p in biased(3, 8).parameters())  # 8 x 3 weights, 8 biases
    32
    """
    if padding is None:
        padding = kernel_size // 2
    conv = nn.Conv2d(in_channels, out_channels, kernel_size, stride, padding)
    return nn.Sequential(OrderedDict(conv=conv, activation=_relu()))
