"""MobileNet v1: one ordinary convolution, 13 separable blocks, and a classifier.

Nearly all of its work is done by 1x1 convolutions, which are matrix products. Two numbers trade
accuracy for speed: the width multiplier thins every layer, the resolution multiplier shrinks the
image, which needs nothing but a smaller image.

Axes:   b images, c channels, h w pixels, k classes
Paper:  Howard et al. 2017, "MobileNets: efficient convolutional neural networks for mobile vision
        applications", table 1
Torch:  none
"""

from collections.abc import Callable

from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.models._convolution import conv_norm_activation
from dlcourse.models._start import start_classifier, start_convolutions

from .rounding import make_divisible
from .separable import relu, separable

__all__ = ["MobileNetV1", "mobilenet_v1"]

BLOCKS = (
    (64, 1),
    (128, 2),
    (128, 1),
    (256, 2),
    (256, 1),
    (512, 2),
    *[(512, 1)] * 5,
    (1024, 2),
    (1024, 1),
)
"""Channels out and stride of each block, before the width multiplier."""


class MobileNetV1(nn.Module):
    """Stack 13 blocks; each image becomes the mean of its last map, and that a score a class.

    Args:
        num_classes: classes to tell apart.
        width_mult: factor on the channels of every layer.
        block: makes a block from channels in, channels out and stride; with
            :func:`conv_norm_activation` and a kernel of 3 the network is an ordinary one.

    Raises:
        ValueError: if ``width_mult`` is not positive.
    """

    def __init__(
        self,
        num_classes: int = 1000,
        width_mult: float = 1.0,
        *,
        block: Callable[[int, int, int], nn.Module] = separable,
    ) -> None:
        super().__init__()
        channels = make_divisible(32 * width_mult)
        layers = [conv_norm_activation(3, channels, 3, stride=2, activation=relu)]
        for wanted, stride in BLOCKS:
            wider = make_divisible(wanted * width_mult)
            layers.append(block(channels, wider, stride))
            channels = wider
        self.features = nn.Sequential(*layers)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.classifier = nn.Linear(channels, num_classes)
        start_convolutions(self)
        start_classifier(self.classifier)

    def forward(self, x: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b k"]:
        """Score the classes."""
        return self.classifier(self.pool(self.features(x)).flatten(1))


def mobilenet_v1(num_classes: int = 1000, width_mult: float = 1.0) -> MobileNetV1:
    """Build MobileNet 1.0, or a thinner one; the paper has 0.75, 0.5 and 0.25 as well.

    >>> with torch.device("meta"):
    ...     sum(p.numel() for p in mobilenet_v1().parameters())
    4231976
    """
    return MobileNetV1(num_classes, width_mult)
