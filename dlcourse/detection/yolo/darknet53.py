"""Darknet-53: Darknet-19's pairs of 1x1 and 3x3 convolutions, each pair around a shortcut.

With shortcuts the pairs can be repeated until the network is deep, as in a ResNet. Convolutions of
stride 2 halve the maps, so there is no pooling but the last.

Axes:   b images, c channels, h w sides, k classes
Paper:  Redmon & Farhadi 2018, "YOLOv3: an incremental improvement"
Torch:  none
"""

from collections import OrderedDict

from torch import nn

from dlcourse.axes import Images

from .stages import Classifier, Stages, unit

__all__ = ["Pair", "darknet53", "darknet53_features"]

DEPTHS = (1, 2, 8, 8, 4)
"""Pairs of the five stages."""


class Pair(nn.Module):
    """Halve the channels by a 1x1 convolution, restore them by a 3x3 one, and add the input.

    Args:
        channels: that enter and leave.
    """

    def __init__(self, channels: int) -> None:
        super().__init__()
        self.narrow = unit(channels, channels // 2, 1)
        self.wide = unit(channels // 2, channels)

    def forward(self, x: Images) -> Images:
        """Add what the pair says of the map to the map."""
        return x + self.wide(self.narrow(x))


def _stage(i: int, depth: int) -> nn.Sequential:
    """Halve the sides, double the channels, and refine by so many pairs."""
    return nn.Sequential(unit(i, 2 * i, stride=2), *(Pair(2 * i) for _ in range(depth)))


def darknet53_features() -> Stages:
    """Build its 52 convolutions.

    >>> with torch.device("meta"):
    ...     maps = darknet53_features()(torch.empty(1, 3, 416, 416))
    >>> [tuple(map_.shape[1:]) for map_ in maps]
    [(256, 52, 52), (512, 26, 26), (1024, 13, 13)]
    """
    stages = [_stage(32 * 2**n, depth) for n, depth in enumerate(DEPTHS)]
    return Stages([unit(3, 32), *stages], (256, 512, 1024))


def darknet53(num_classes: int = 1000) -> Classifier:
    """Build the classifier: the mean of the last map, and a linear layer.

    >>> with torch.device("meta"):
    ...     darknet53()(torch.empty(1, 3, 256, 256)).shape
    torch.Size([1, 1000])
    """
    head = OrderedDict(
        mean=nn.AdaptiveAvgPool2d(1),
        flatten=nn.Flatten(),
        fc=nn.Linear(1024, num_classes),
    )
    return Classifier(darknet53_features(), head)
