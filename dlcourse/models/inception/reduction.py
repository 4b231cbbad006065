"""Reduction: three ways to halve a grid and double its channels.

Pooling first is cheap, but everything must pass through a grid that has a quarter of the numbers.
Convolving first keeps them, at four times the price. Side by side, a convolution of stride 2 and a
pooling make half of the channels each: nothing narrow, and cheaper than both.

Axes:   b images, i and o channels that enter and leave, h w and oh ow sides
Paper:  Szegedy et al. 2016, "Rethinking the inception architecture for computer vision", section 5
Torch:  torchvision.models.inception.InceptionB, InceptionD
"""

from torch import nn

from .branches import Branches
from .units import normalized

__all__ = ["convolve_first", "last_reduction", "pool_first", "reduction_module"]


def pool_first(in_channels: int) -> nn.Sequential:
    """Pool, then convolve to twice the channels.

    >>> with torch.device("meta"):
    ...     pool_first(320)(torch.empty(1, 320, 35, 35)).shape
    torch.Size([1, 640, 17, 17])
    """
    return nn.Sequential(
        nn.MaxPool2d(3, stride=2), normalized(in_channels, 2 * in_channels, 3)
    )


def convolve_first(in_channels: int) -> nn.Sequential:
    """Convolve to twice the channels, then pool.

    >>> with torch.device("meta"):
    ...     convolve_first(320)(torch.empty(1, 320, 35, 35)).shape
    torch.Size([1, 640, 17, 17])
    """
    return nn.Sequential(
        normalized(in_channels, 2 * in_channels, 3), nn.MaxPool2d(3, stride=2)
    )


def reduction_module(in_channels: int) -> Branches:
    """Build the module between the 35x35 grid and the 17x17: convolutions beside a pooling.

    Args:
        in_channels: channels that enter, and that the pooling hands on.

    >>> with torch.device("meta"):
    ...     reduction_module(288)(torch.empty(1, 288, 35, 35)).shape  # 384 + 96 + 288
    torch.Size([1, 768, 17, 17])
    """
    branches = {
        "middle": normalized(in_channels, 384, 3, 2, padding=0),
        "twice": nn.Sequential(
            normalized(in_channels, 64),
            normalized(64, 96, 3),
            normalized(96, 96, 3, 2, padding=0),
        ),
        "pool": nn.MaxPool2d(3, stride=2),
    }
    return Branches(branches)


def last_reduction(in_channels: int) -> Branches:
    """Build the module between the 17x17 grid and the 8x8, which looks 7x7 far before it steps.

    Args:
        in_channels: channels that enter, and that the pooling hands on.

    >>> with torch.device("meta"):
    ...     last_reduction(768)(torch.empty(1, 768, 17, 17)).shape  # 320 + 192 + 768
    torch.Size([1, 1280, 8, 8])
    """
    branches = {
        "middle": nn.Sequential(
            normalized(in_channels, 192), normalized(192, 320, 3, 2, padding=0)
        ),
        "large": nn.Sequential(
            normalized(in_channels, 192),
            normalized(192, 192, (1, 7)),
            normalized(192, 192, (7, 1)),
            normalized(192, 192, 3, 2, padding=0),
        ),
        "pool": nn.MaxPool2d(3, stride=2),
    }
    return Branches(branches)
