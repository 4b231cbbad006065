"""Inverted residual: widen, look around channel by channel, narrow again, and add the input.

A residual block of ResNet is narrow in the middle, where its expensive 3x3 convolution stands. A
depthwise convolution is cheap, so here the middle is wide and the ends, which are kept in memory
and added up, are narrow. Nothing follows the last step: a ReLU on few channels would cut off what
no other channel holds.

Axes:   b images, i and o channels in and out, h w and oh ow sides
Paper:  Sandler, Howard, Zhu, Zhmoginov & Chen 2018, "MobileNetV2: inverted residuals and linear
        bottlenecks"
Torch:  torchvision.models.mobilenetv2.InvertedResidual
"""

from collections.abc import Callable
from functools import partial

from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.models._convolution import conv_norm_activation

__all__ = ["InvertedResidual"]

relu6 = partial(nn.ReLU6, inplace=True)
"""A ReLU that stops at 6, so that eight bits can hold its values in even steps."""


class InvertedResidual(nn.Module):
    """Compute ``x + project(depthwise(expand(x)))``, without ``x`` where the shape changes.

    Args:
        in_channels: channels that enter.
        out_channels: channels that leave.
        stride: of the depthwise step, 1 or 2.
        expand_ratio: how many times wider the middle is than the input; at 1 nothing is expanded.
        bottleneck: makes an activation for the narrow end, which the paper advises against.

    Raises:
        ValueError: if ``stride`` is neither 1 nor 2.

    >>> block = InvertedResidual(3, 3)
    >>> [layer.conv.weight.numel() for layer in block.body]  # 3 x 18, 9 x 18, 18 x 3
    [54, 162, 54]
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        stride: int = 1,
        expand_ratio: int = 6,
        *,
        bottleneck: Callable[[], nn.Module] | None = None,
    ) -> None:
        super().__init__()
        if stride not in (1, 2):
            raise ValueError(f"stride ({stride}) must be 1 or 2")
        wide = in_channels * expand_ratio
        self.shortcut = stride == 1 and in_channels == out_channels
        self.body = nn.Sequential()
        if expand_ratio != 1:
            self.body.expand = conv_norm_activation(
                in_channels, wide, 1, activation=relu6
            )
        self.body.depthwise = conv_norm_activation(
            wide, wide, 3, stride, groups=wide, activation=relu6
        )
        self.body.project = conv_norm_activation(
            wide, out_channels, 1, activation=bottleneck
        )

    def forward(self, x: Float[Tensor, "b i h w"]) -> Float[Tensor, "b o oh ow"]:
        """Apply the block."""
        y = self.body(x)
        return x + y if self.shortcut else y
