"""Network: a stem, seven stages of MBConv blocks, a last 1x1 convolution, a classifier.

Axes:   b images, h w pixels, k classes
Paper:  Tan & Le 2019, "EfficientNet: rethinking model scaling for convolutional neural networks"
Torch:  torchvision.models.efficientnet.EfficientNet
"""

from collections.abc import Callable

from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.models._convolution import conv_norm_activation
from dlcourse.models._start import start_convolutions
from dlcourse.models.mobilenet import make_divisible
from dlcourse.nn.initialization import uniform_, zeros_

from .mbconv import MBConv, silu
from .scaling import Stage, scaled

__all__ = ["EfficientNet"]


class EfficientNet(nn.Module):
    """Build B0, or B0 made wider and deeper; the image may have any size.

    Args:
        num_classes: classes to tell apart.
        width_mult: factor on the channels of every layer.
        depth_mult: factor on the blocks of every stage.
        dropout: share of the pooled features that fail in training.
        stochastic_depth_prob: probability that a branch fails in training; it rises evenly from 0
            at the first block to nearly this at the last.
        norm: makes the normalization for a number of channels.

    Raises:
        ValueError: if a factor is not positive.
    """

    def __init__(
        self,
        num_classes: int = 1000,
        width_mult: float = 1.0,
        depth_mult: float = 1.0,
        dropout: float = 0.2,
        stochastic_depth_prob: float = 0.2,
        *,
        norm: Callable[[int], nn.Module] = nn.BatchNorm2d,
    ) -> None:
        super().__init__()
        stem = make_divisible(32 * width_mult)
        stages = scaled(width_mult, depth_mult)
        last = 4 * stages[-1].channels
        self.features = nn.Sequential(
            conv_norm_activation(3, stem, 3, stride=2, norm=norm, activation=silu),
            *_blocks(stages, stem, stochastic_depth_prob, norm),
            conv_norm_activation(
                stages[-1].channels, last, 1, norm=norm, activation=silu
            ),
        )
        self.pool = nn.AdaptiveAvgPool2d(1)
        self.dropout = nn.Dropout(dropout)
        self.classifier = nn.Linear(last, num_classes)
        start_convolutions(self)
        bound = num_classes**-0.5
        uniform_(self.classifier.weight, -bound, bound)
        zeros_(self.classifier.bias)

    def forward(self, x: Float[Tensor, "b 3 h w"]) -> Float[Tensor, "b k"]:
        """Score the classes."""
        pooled = self.pool(self.features(x)).flatten(1)
        return self.classifier(self.dropout(pooled))


def _blocks(
    stages: tuple[Stage, ...],
    channels: int,
    drop: float,
    norm: Callable[[int], nn.Module],
) -> list[nn.Sequential]:
    """Make the blocks of each stage."""
    total, made = sum(stage.blocks for stage in stages), 0
    layers = []
    for expand_ratio, kernel_size, first_stride, out, count in stages:
        layers.append(nn.Sequential())
        for stride in (first_stride, *[1] * (count - 1)):
            sizes = (channels, out, kernel_size, stride, expand_ratio)
            layers[-1].append(MBConv(*sizes, drop * made / total, norm=norm))
            channels, made = out, made + 1
    return layers
