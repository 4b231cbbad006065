"""Factorised: the modules of Inception v3, one for each of its three grids.

A large kernel can be replaced by smaller ones in a row that see as much: 5x5 by two 3x3, and nxn by
1xn followed by nx1, for 2n weights instead of n^2. The paper finds the second useless in the lower
layers and good on grids of 12 to 20 cells.

Axes:   b images, i and o channels that enter and leave, h w sides, which stay
Paper:  Szegedy et al. 2016, "Rethinking the inception architecture for computer vision", figures 5,
        6 and 7
Torch:  torchvision.models.inception.InceptionA, InceptionC, InceptionE
"""

from torch import nn

from .branches import Branches
from .units import normalized

__all__ = ["asymmetric_module", "expanded_module", "small_module"]


def _pooled(in_channels: int, out_channels: int) -> nn.Sequential:
    return nn.Sequential(
        nn.AvgPool2d(3, stride=1, padding=1), normalized(in_channels, out_channels)
    )


def small_module(in_channels: int, pool_proj: int) -> Branches:
    """Build the module of the 35x35 grid, with two 3x3 in a row.

    The released network keeps a 5x5 beside them, where the paper's figure has a 3x3.

    Args:
        in_channels: channels that enter.
        pool_proj: channels to which the pooled input is reduced.

    >>> with torch.device("meta"):
    ...     small_module(192, 32)(torch.empty(1, 192, 35, 35)).shape  # 64 + 64 + 96 + 32
    torch.Size([1, 256, 35, 35])
    """
    branches = {
        "small": normalized(in_channels, 64),
        "large": nn.Sequential(normalized(in_channels, 48), normalized(48, 64, 5)),
        "twice": nn.Sequential(
            normalized(in_channels, 64), normalized(64, 96, 3), normalized(96, 96, 3)
        ),
        "pool": _pooled(in_channels, pool_proj),
    }
    return Branches(branches)


def asymmetric_module(in_channels: int, width: int) -> Branches:
    """Build the module of the 17x17 grid: 7x7 as 1x7 and 7x1, once and twice in a row.

    Args:
        in_channels: channels that enter.
        width: channels between the kernels.

    >>> with torch.device("meta"):
    ...     asymmetric_module(768, 128)(torch.empty(1, 768, 17, 17)).shape  # 4 x 192
    torch.Size([1, 768, 17, 17])
    """
    row, column = (1, 7), (7, 1)
    branches = {
        "small": normalized(in_channels, 192),
        "large": nn.Sequential(
            normalized(in_channels, width),
            normalized(width, width, row),
            normalized(width, 192, column),
        ),
        "twice": nn.Sequential(
            normalized(in_channels, width),
            normalized(width, width, column),
            normalized(width, width, row),
            normalized(width, width, column),
            normalized(width, 192, row),
        ),
        "pool": _pooled(in_channels, 192),
    }
    return Branches(branches)


def _both_ways(channels: int) -> Branches:
    """Look along the rows and along the columns, side by side."""
    both = {
        "row": normalized(channels, 384, (1, 3)),
        "column": normalized(channels, 384, (3, 1)),
    }
    return Branches(both)


def expanded_module(in_channels: int) -> Branches:
    """Build the module of the 8x8 grid, where 1x3 and 3x1 stand side by side: more channels.

    Args:
        in_channels: channels that enter.

    >>> with torch.device("meta"):
    ...     expanded_module(1280)(torch.empty(1, 1280, 8, 8)).shape  # 320 + 768 + 768 + 192
    torch.Size([1, 2048, 8, 8])
    """
    branches = {
        "small": normalized(in_channels, 320),
        "middle": nn.Sequential(normalized(in_channels, 384), _both_ways(384)),
        "large": nn.Sequential(
            normalized(in_channels, 448), normalized(448, 384, 3), _both_ways(384)
        ),
        "pool": _pooled(in_channels, 192),
    }
    return Branches(branches)
