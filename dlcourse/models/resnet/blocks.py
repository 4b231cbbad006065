"""Blocks: a few layers that learn what to add to their input.

Layers that should do nothing must learn the identity, which is hard for a stack of convolutions and
ReLUs. Layers whose output is added to their input need only learn zero. So a block computes
``relu(x + F(x))``, and F, the residual, is two layers of 3x3, or a bottleneck: 1x1 to few channels,
3x3, 1x1 back to four times as many.

Axes:   b images, i and o channels that enter and leave, h w and oh ow sides
Paper:  He, Zhang, Ren & Sun 2016, "Deep residual learning for image recognition"; Xie, Girshick,
        Dollár, Tu & He 2017, "Aggregated residual transformations for deep neural networks"
        (groups)
Torch:  torchvision.models.resnet.BasicBlock, Bottleneck
"""

from functools import partial

from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.models._convolution import conv_norm_activation

from .shortcuts import Shortcut, projected

__all__ = ["BasicBlock", "Block", "Bottleneck"]


conv = partial(conv_norm_activation, activation=partial(nn.ReLU, inplace=True))
"""A convolution, its normalization, and a ReLU that writes over what it is given."""


class Block(nn.Module):
    """Add a residual to its input, then take the ReLU; without a shortcut, add nothing.

    Args:
        residual: the layers F; the last of them is linear.
        shortcut: the path past them; None for a plain network.
        out_channels: channels that leave.

    >>> double = Block(nn.Identity(), nn.Identity(), out_channels=1)
    >>> double(torch.tensor([[[[-1.0, 3.0]]]])).tolist()
    [[[[0.0, 6.0]]]]
    """

    def __init__(
        self, residual: nn.Module, shortcut: nn.Module | None, out_channels: int
    ) -> None:
        super().__init__()
        self.residual = residual
        self.shortcut = shortcut
        self.out_channels = out_channels

    def forward(self, x: Float[Tensor, "b i h w"]) -> Float[Tensor, "b o oh ow"]:
        """Compute ``relu(F(x) + shortcut(x))``, or ``relu(F(x))``."""
        y = self.residual(x)
        if self.shortcut is not None:
            y = y + self.shortcut(x)
        return y.relu_()  # the sum is nobody else's


class BasicBlock(Block):
    """Two convolutions of 3x3, the first with the stride.

    >>> block = BasicBlock(64, 64)
    >>> sum(p.numel() for p in block.parameters())  # 2 (9 64 64 + 2 64)
    73984
    """

    def __init__(
        self,
        in_channels: int,
        channels: int,
        stride: int = 1,
        shortcut: Shortcut | None = projected,
    ) -> None:
        residual = nn.Sequential(
            conv(in_channels, channels, 3, stride),
            conv(channels, channels, 3, activation=None),
        )
        past = shortcut and shortcut(in_channels, channels, stride)
        super().__init__(residual, past, channels)


class Bottleneck(Block):
    """Convolutions of 1x1, 3x3 and 1x1; the last makes four channels of each of the others'.

    Args:
        in_channels: channels that enter.
        channels: a quarter of those that leave.
        stride: from one window to the next, in the 3x3 or in the first 1x1.
        groups: parts of the 3x3, ResNeXt's cardinality.
        width_per_group: channels of a part where ``channels`` is 64, and in proportion elsewhere.
        stride_in_1x1: where the paper of 2015 has the stride; it skips three of four pixels there.
        shortcut: makes the path past the three.

    >>> block = Bottleneck(256, 64)
    >>> sum(p.numel() for p in block.parameters())  # 64 (256 + 9 64 + 256) + 2 (64 + 64 + 256)
    70400
    """

    def __init__(
        self,
        in_channels: int,
        channels: int,
        stride: int = 1,
        groups: int = 1,
        width_per_group: int = 64,
        *,
        stride_in_1x1: bool = False,
        shortcut: Shortcut | None = projected,
    ) -> None:
        width = channels * width_per_group // 64 * groups
        first, second = (stride, 1) if stride_in_1x1 else (1, stride)
        residual = nn.Sequential(
            conv(in_channels, width, 1, first),
            conv(width, width, 3, second, groups=groups),
            conv(width, 4 * channels, 1, activation=None),
        )
        past = shortcut and shortcut(in_channels, 4 * channels, stride)
        super().__init__(residual, past, 4 * channels)
