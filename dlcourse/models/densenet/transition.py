"""Transition: between two blocks, fewer channels and half the side.

A block only appends, so its output is wide. A 1x1 convolution keeps a share theta of the channels,
the compression, and a mean over 2x2 halves the grid, which inside a block must not change.

Axes:   b images, c channels, h w sides
Paper:  Huang et al. 2017, "Densely connected convolutional networks"
Torch:  torchvision.models.densenet, where theta is one half
"""

from collections import OrderedDict

from torch import nn

__all__ = ["Transition"]


class Transition(nn.Sequential):
    """Normalize, cut at zero, convolve by 1x1 to a share of the channels, average over 2x2.

    Args:
        in_channels: channels that enter.
        compression: share of them that leaves, rounded down.

    >>> with torch.device("meta"):
    ...     Transition(256)(torch.empty(1, 256, 8, 8)).shape
    torch.Size([1, 128, 4, 4])
    """

    def __init__(self, in_channels: int, compression: float = 0.5) -> None:
        layers = OrderedDict(
            norm=nn.BatchNorm2d(in_channels),
            activation=nn.ReLU(inplace=True),
            conv=nn.Conv2d(in_channels, int(compression * in_channels), 1, bias=False),
            pool=nn.AvgPool2d(2),
        )
        super().__init__(layers)
