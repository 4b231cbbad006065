"""Separable: look around in each channel first, then mix the channels of each pixel.

An ordinary kernel does both at once and pays for every pair of channels at every entry. Taking the
two apart costs ``1 / o + 1 / (kh kw)`` of it. The price is freedom: every output sees the same
picture of each channel, more or less of it.

Axes:   b batch, i o channels in and out, h w input, oh ow output, kh kw kernel
Paper:  Sifre 2014, "Rigid-motion scattering for image classification"; Howard et al. 2017,
        "MobileNets"
Torch:  two calls of torch.nn.functional.conv2d
"""

from jaxtyping import Float
from torch import Generator, Tensor, nn

from dlcourse.nn.convolution import Conv2d, conv2d
from dlcourse.nn.convolution.geometry import Sides

from .depthwise import depthwise_conv2d

__all__ = ["DepthwiseSeparableConv2d", "depthwise_separable"]


def depthwise_separable(
    x: Float[Tensor, "*b i h w"],
    depthwise_weight: Float[Tensor, "i 1 kh kw"],
    pointwise_weight: Float[Tensor, "o i 1 1"],
    bias: Float[Tensor, "o"] | None = None,
    stride: Sides = 1,
    padding: Sides | str = 0,
    dilation: Sides = 1,
) -> Float[Tensor, "*b o oh ow"]:
    """Convolve each channel by itself, then mix the channels of every pixel.

    It equals the convolution whose weight is the product ``pointwise_weight * depthwise_weight``,
    taken over the axes ``o i kh kw``. Stride, padding and dilation belong to the first step.

    Raises:
        TypeError, ValueError: as :func:`~dlcourse.nn.convolution.conv2d`.

    >>> x = torch.tensor([[[[1.0, 2.0]], [[3.0, 4.0]]]])
    >>> depthwise = torch.tensor([[[[1.0, 1.0]]], [[[-1.0, 1.0]]]])
    >>> depthwise_separable(x, depthwise, torch.tensor([[[[10.0]], [[1.0]]]])).item()
    31.0
    """
    spread = depthwise_conv2d(x, depthwise_weight, None, stride, padding, dilation)
    return conv2d(spread, pointwise_weight, bias)


class DepthwiseSeparableConv2d(nn.Module):
    """The layer form of :func:`depthwise_separable`: two convolutions, of which only one sees far.

    Args:
        in_channels: channels of the input.
        out_channels: channels of the output.
        kernel_size: height and width of the depthwise kernels, or one number for both.
        stride: as in the function, like all that follow.
        padding: cells of zeros, "valid" or "same".
        dilation: cells from one entry of a depthwise kernel to the next.
        bias: whether each channel of the output adds a number of its own.
        generator: source of the random weights; without one, torch's global source.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sides,
        stride: Sides = 1,
        padding: Sides | str = 0,
        dilation: Sides = 1,
        bias: bool = True,
        *,
        generator: Generator | None = None,
    ) -> None:
        super().__init__()
        self.depthwise = Conv2d(
            in_channels,
            in_channels,
            kernel_size,
            stride,
            padding,
            dilation,
            groups=in_channels,
            bias=False,
            generator=generator,
        )
        self.pointwise = Conv2d(
            in_channels, out_channels, 1, bias=bias, generator=generator
        )

    def forward(self, x: Float[Tensor, "*b i h w"]) -> Float[Tensor, "*b o oh ow"]:
        """Convolve images ``(b, i, h, w)``, first each channel alone, then across channels."""
        return self.pointwise(self.depthwise(x))
