"""Preactivation: normalization and ReLU before the convolutions, and nothing on the shortcut.

In the first form of the block the sum goes through a ReLU, so the path from the first block to the
last is bent at every block. With the activation moved into the residual the path is free: the last
block's input is the first one's plus a sum of residuals, and a gradient comes back unchanged.

Axes:   b images, i and o channels that enter and leave, h w and oh ow sides
Paper:  He, Zhang, Ren & Sun 2016, "Identity mappings in deep residual networks"
Torch:  none; timm's resnetv2 has the same layers
"""

from jaxtyping import Float
from torch import Tensor, nn

from .shortcuts import unnormalized

__all__ = ["PreactivationBlock", "PreactivationBottleneck", "norm_relu_conv"]


def norm_relu_conv(
    in_channels: int, out_channels: int, kernel_size: int, stride: int = 1
) -> list[nn.Module]:
    """List normalization, ReLU and convolution, in the order of the second form.

    >>> [type(layer).__name__ for layer in norm_relu_conv(3, 8, 3)]
    ['BatchNorm2d', 'ReLU', 'Conv2d']
    """
    conv = nn.Conv2d(
        *(in_channels, out_channels, kernel_size, stride, kernel_size // 2), bias=False
    )
    return [nn.BatchNorm2d(in_channels), nn.ReLU(), conv]


class _Preactivated(nn.Module):
    """Add a residual of the activated input to the input, and leave the sum alone."""

    def __init__(
        self, layers: list[nn.Module], in_channels: int, out_channels: int, stride: int
    ) -> None:
        super().__init__()
        self.activation = nn.Sequential(*layers[:2])
        self.residual = nn.Sequential(*layers[2:])
        self.shortcut = unnormalized(in_channels, out_channels, stride)
        self.out_channels = out_channels

    def forward(self, x: Float[Tensor, "b i h w"]) -> Float[Tensor, "b o oh ow"]:
        """Compute ``x + F(relu(norm(x)))``; a projection takes the activated input, too."""
        ready = self.activation(x)
        keeps = isinstance(self.shortcut, nn.Identity)
        return self.residual(ready) + (x if keeps else self.shortcut(ready))


class PreactivationBlock(_Preactivated):
    """Two convolutions of 3x3, the first with the stride.

    >>> block = PreactivationBlock(64, 64)
    >>> sum(p.numel() for p in block.parameters())  # as the first form's
    73984
    """

    def __init__(self, in_channels: int, channels: int, stride: int = 1) -> None:
        layers = [
            *norm_relu_conv(in_channels, channels, 3, stride),
            *norm_relu_conv(channels, channels, 3),
        ]
        super().__init__(layers, in_channels, channels, stride)


class PreactivationBottleneck(_Preactivated):
    """Convolutions of 1x1, 3x3 with the stride, and 1x1 to four times as many channels.

    >>> block = PreactivationBottleneck(256, 64)
    >>> sum(p.numel() for p in block.parameters())  # 64 (256 + 9 64 + 256) + 2 (256 + 64 + 64)
    70400
    """

    def __init__(self, in_channels: int, channels: int, stride: int = 1) -> None:
        layers = [
            *norm_relu_conv(in_channels, channels, 1),
            *norm_relu_conv(channels, channels, 3, stride),
            *norm_relu_conv(channels, 4 * channels, 1),
        ]
        super().__init__(layers, in_channels, 4 * channels, stride)
