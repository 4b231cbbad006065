"""Modules: the naive inception module and the one with reductions.

The naive module convolves the whole input with 1x1, 3x3 and 5x5 and keeps its maxima, all channels
of them. Both are dear: a 5x5 kernel costs 25 times a 1x1 one, and the pooled channels make every
module wider than the one before. A 1x1 convolution to fewer channels, before the large kernels and
after the pooling, answers both.

Axes:   b images, i and o channels that enter and leave, h w sides, which stay
Paper:  Szegedy et al. 2015, "Going deeper with convolutions", figure 2
Torch:  torchvision.models.googlenet.Inception, whose 5x5 is a 3x3
"""

from torch import nn

from .branches import Branches
from .units import Unit, normalized

__all__ = ["Inception", "NaiveInception"]


class NaiveInception(Branches):
    """Three convolutions and a pooling side by side, all on the whole input.

    Args:
        in_channels: channels that enter, and that the pooling hands on.
        ch1x1: channels of the 1x1 convolution.
        ch3x3: channels of the 3x3.
        ch5x5: channels of the 5x5.
        unit: makes a convolution with its activation.

    >>> with torch.device("meta"):
    ...     NaiveInception(256, 128, 192, 96)(torch.empty(1, 256, 28, 28)).shape
    torch.Size([1, 672, 28, 28])
    """

    def __init__(
        self,
        in_channels: int,
        ch1x1: int,
        ch3x3: int,
        ch5x5: int,
        *,
        unit: Unit = normalized,
    ) -> None:
        branches = {
            "small": unit(in_channels, ch1x1, 1),
            "middle": unit(in_channels, ch3x3, 3),
            "large": unit(in_channels, ch5x5, 5),
            "pool": nn.MaxPool2d(3, stride=1, padding=1),
        }
        super().__init__(branches)


class Inception(Branches):
    """The module with reductions: 1x1 in front of the large kernels and behind the pooling.

    Args:
        in_channels: channels that enter.
        ch1x1: channels of the 1x1 convolution.
        ch3x3red: channels to which the input is reduced for the 3x3.
        ch3x3: channels of the 3x3.
        ch5x5red: channels to which the input is reduced for the large kernel.
        ch5x5: channels of the large kernel.
        pool_proj: channels to which the pooled input is reduced.
        large: side of the large kernel: 5 in the paper, 3 in torchvision.
        unit: makes a convolution with its activation.

    >>> with torch.device("meta"):
    ...     module = Inception(192, 64, 96, 128, 16, 32, 32)
    ...     module(torch.empty(1, 192, 28, 28)).shape  # 64 + 128 + 32 + 32
    torch.Size([1, 256, 28, 28])
    """

    def __init__(
        self,
        in_channels: int,
        ch1x1: int,
        ch3x3red: int,
        ch3x3: int,
        ch5x5red: int,
        ch5x5: int,
        pool_proj: int,
        *,
        large: int = 5,
        unit: Unit = normalized,
    ) -> None:
        branches = {
            "small": unit(in_channels, ch1x1, 1),
            "middle": nn.Sequential(
                unit(in_channels, ch3x3red, 1), unit(ch3x3red, ch3x3, 3)
            ),
            "large": nn.Sequential(
                unit(in_channels, ch5x5red, 1), unit(ch5x5red, ch5x5, large)
            ),
            "pool": nn.Sequential(
                nn.MaxPool2d(3, stride=1, padding=1), unit(in_channels, pool_proj, 1)
            ),
        }
        super().__init__(branches)
