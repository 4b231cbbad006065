"""MobileNetV2: one ordinary convolution, 17 inverted residuals, and a classifier.

Its blocks hand on a quarter to a third of the channels that the first network hands on, and compute
with six times as many as they were handed.

Axes:   b images, c channels, h w pixels, k classes
Paper:  Sandler, Howard, Zhu, Zhmoginov & Chen 2018, "MobileNetV2: inverted residuals and linear
        bottlenecks", table 2
Torch:  torchvision.models.mobilenet_v2
"""

from collections.abc import Callable
from typing import NamedTuple

from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.models._convolution import conv_norm_activation
from dlcourse.models._start import start_classifier, start_convolutions

from .inverted import InvertedResidual, relu6
from .rounding import make_divisible

__all__ = ["MobileNetV2", "mobilenet_v2"]


class Stage(NamedTuple):
    """Blocks of one size; the first of them has the stride, the others have 1."""

    expand_ratio: int
    channels: int
    blocks: int
    stride: int


STAGES = (
    Stage(1, 16, 1, 1),
    Stage(6, 24, 2, 2),
    Stage(6, 32, 3, 2),
    Stage(6, 64, 4, 2),
    Stage(6, 96, 3, 1),
    Stage(6, 160, 3, 2),
    Stage(6, 320, 1, 1),
)
"""Table 2 of the paper, before the width multiplier."""


class MobileNetV2(nn.Module):
    """Stack seven stages of inverted residuals; pool, drop out and classify.

    Args:
        num_classes: classes to tell apart.
        width_mult: factor on the channels of every layer; the last map keeps its 1280 below 1.
        dropout: share of the pooled features that fail in training.
        bottleneck: as in :class:`InvertedResidual`.

    Raises:
        ValueError: if ``width_mult`` is not positive.
    """

    def __init__(
        self,
        num_classes: int = 1000,
        width_mult: float = 1.0,
        dropout: float = 0.2,
        *,
        bottleneck: Callable[[], nn.Module] | None = None,
    ) -> None:
        super().__init__()
        channels = make_divisible(32 * width_mult)
        last = make_divisible(1280 * max(1.0, width_mult))
        layers = [conv_norm_activation(3, channels, 3, stride=2, activation=relu6)]
        for expand_ratio, wanted, blocks, stride in STAGES:
            out = make_divisible(wanted * width_mult)
            for step in (stride, *[1] * (blocks - 1)):
                layers.append(
                    InvertedResidual(
                        channels, out, step, expand_ratio, bottleneck=bottleneck
                    )
                )
                channels = out
        layers.append(conv_norm_activation(channels, last, 1, activation=relu6))
        self.features = nn.Sequential(*layers)
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(last, num_classes)
        start_convolutions(self)
        start_classifier(self.classifier)

    def forward(self, x: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b k"]:
        """Score the classes."""
        pooled = self.pool(self.features(x)).flatten(1)
        return self.classifier(self.dropout(pooled))


def mobilenet_v2(
    num_classes: int = 1000, width_mult: float = 1.0, dropout: float = 0.2
) -> MobileNetV2:
    """Build what torchvision builds under this name.

    >>> with torch.device("meta"):
    ...     sum(p.numel() for p in mobilenet_v2().parameters())
    3504872
    """
    return MobileNetV2(num_classes, width_mult, dropout)
