"""MBConv: an inverted residual with a gate on its wide channels.

The block is MobileNetV2's: widen, look around channel by channel, narrow, add the input. New are
kernels of 5x5, the gate before the last step, and SiLU, ``x sigmoid(x)``, in place of ReLU6.

Axes:   b images, i and o channels in and out, h w and oh ow sides
Paper:  Tan & Le 2019, "EfficientNet"; Tan et al. 2019, "MnasNet: platform-aware neural architecture
        search for mobile" (the block); Hu, Shen & Sun 2018, "Squeeze-and-excitation networks"
Torch:  torchvision.models.efficientnet.MBConv
"""

from collections.abc import Callable
from functools import partial

from jaxtyping import Float
from torch import Tensor, nn

from dlcourse.models._convolution import conv_norm_activation
from dlcourse.models.mobilenet import make_divisible

from .squeeze import SqueezeExcitation
from .stochastic import StochasticDepth

__all__ = ["MBConv"]

silu = partial(nn.SiLU, inplace=True)


class MBConv(nn.Module):
    """Compute ``x + project(gate(depthwise(expand(x))))``, without ``x`` where the shape changes.

    Args:
        in_channels: channels that enter.
        out_channels: channels that leave.
        kernel_size: of the depthwise step.
        stride: of the depthwise step, 1 or 2.
        expand_ratio: how many times wider the middle is than the input; at 1 nothing is expanded.
        drop: probability that the branch fails in training.
        norm: makes the normalization for a number of channels.

    Raises:
        ValueError: if ``stride`` is neither 1 nor 2.

    >>> list(dict(MBConv(8, 8).body.named_children()))
    ['expand', 'depthwise', 'gate', 'project']
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int = 3,
        stride: int = 1,
        expand_ratio: int = 6,
        drop: float = 0.0,
        *,
        norm: Callable[[int], nn.Module] = nn.BatchNorm2d,
    ) -> None:
        super().__init__()
        if stride not in (1, 2):
            raise ValueError(f"stride ({stride}) must be 1 or 2")
        wide = make_divisible(float(in_channels * expand_ratio))
        layer = partial(conv_norm_activation, norm=norm, activation=silu)
        self.shortcut = stride == 1 and in_channels == out_channels
        self.body = nn.Sequential()
        if wide != in_channels:
            self.body.expand = layer(in_channels, wide, 1)
        self.body.depthwise = layer(wide, wide, kernel_size, stride, groups=wide)
        # a quarter of what enters the block, not of what the gate sees
        self.body.gate = SqueezeExcitation(wide, max(1, in_channels // 4), silu)
        self.body.project = layer(wide, out_channels, 1, activation=None)
        self.drop = StochasticDepth(drop)

    def forward(self, x: Float[Tensor, "b i h w"]) -> Float[Tensor, "b o oh ow"]:
        """Apply the block."""
        y = self.body(x)
        return x + self.drop(y) if self.shortcut else y
