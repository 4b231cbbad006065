"""Stages: a backbone that halves its maps five times and gives out the last three.

The three versions differ in what they stand on, and stand on it in the same way: maps of strides
8, 16 and 32, from fine to coarse. Any backbone that gives those will do.

Axes:   b images, c channels, h w sides, k classes; c3 h3 w3 of the map of stride 8, and so on
Paper:  Redmon & Farhadi 2017, "YOLO9000: better, faster, stronger"
Torch:  torchvision.models.detection.backbone_utils
"""

from collections import OrderedDict
from collections.abc import Sequence

from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.axes import Images
from dlcourse.models._convolution import conv_norm_activation

__all__ = ["Classifier", "Stages", "leaky", "unit"]


def leaky() -> nn.LeakyReLU:
    """Make the activation of all versions: x, or a tenth of it below 0."""
    return nn.LeakyReLU(0.1, inplace=True)


def unit(
    in_channels: int, out_channels: int, kernel_size: int = 3, stride: int = 1
) -> nn.Sequential:
    """Stack a convolution, batch normalization and a leaky ReLU.

    >>> [type(layer).__name__ for layer in unit(3, 32)]
    ['Conv2d', 'BatchNorm2d', 'LeakyReLU']
    """
    return conv_norm_activation(
        in_channels, out_channels, kernel_size, stride, activation=leaky
    )


class Stages(nn.Module):
    """Run stages one after the other; give out the maps of the last three.

    Args:
        stages: each halves the sides of its map, from the second or the first on.
        channels: that leave the last three stages.

    Attributes:
        channels: the same.
        strides: pixels from one cell to the next in the three maps.
    """

    strides = (8, 16, 32)

    def __init__(self, stages: Sequence[nn.Module], channels: Sequence[int]) -> None:
        super().__init__()
        self.stages = nn.Sequential(*stages)
        self.channels = tuple(channels)

    def forward(
        self, x: Images
    ) -> tuple[
        Float[Tensor, "b c3 h3 w3"],
        Float[Tensor, "b c4 h4 w4"],
        Float[Tensor, "b c5 h5 w5"],
    ]:
        """Draw the three maps, from fine to coarse."""
        maps = []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return tuple(maps[-3:])


class Classifier(nn.Module):
    """Score classes from a backbone's last map: how all of them were pretrained.

    Args:
        features: the backbone.
        head: turns its last map into scores.
    """

    def __init__(self, features: nn.Module, head: OrderedDict[str, nn.Module]) -> None:
        super().__init__()
        self.features = features
        self.head = nn.Sequential(head)

    def forward(self, x: Images) -> Float[Tensor, "b k"]:
        """Score the classes of each image."""
        return self.head(self.features(x)[-1])
