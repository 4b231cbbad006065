"""Layer: the module that keeps the stamps a transposed convolution learns.

Its weight is ``(i, o / groups, kh, kw)``: what a convolution from o channels to i would hold, since
it is that convolution's transpose.

Axes:   i channels in, o channels out, kh kw kernel
Paper:  Zeiler, Krishnan, Taylor & Fergus 2010, "Deconvolutional networks"
Torch:  torch.nn.ConvTranspose2d
"""

import math

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn

from dlcourse.nn.convolution.geometry import Sides, per_side
from dlcourse.nn.convolution.refusals import refuse_groups

from .transposed import conv_transpose2d

__all__ = ["ConvTranspose2d"]


class ConvTranspose2d(nn.Module):
    """The layer form of :func:`~dlcourse.nn.variants.conv_transpose2d`.

    Weights and bias start uniform in ``[-1/sqrt(n), 1/sqrt(n)]`` with ``n = o / groups kh kw``:
    torch's rule, so an equal seed gives torch's weights.

    Args:
        in_channels: channels of the input.
        out_channels: channels of the output.
        kernel_size: height and width of the stamps, or one number for both.
        stride: as in the function, like all that follow.
        padding: cells cropped from every side.
        output_padding: cells cropped less after each side.
        groups: parts the channels are divided into.
        bias: whether each channel of the output adds a number of its own.
        dilation: cells from one entry of the kernel to the next.
        generator: source of the random weights; without one, torch's global source.

    Raises:
        ValueError: if ``groups`` does not divide both channel counts.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sides,
        stride: Sides = 1,
        padding: Sides = 0,
        output_padding: Sides = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Sides = 1,
        *,
        generator: Generator | None = None,
    ) -> None:
        super().__init__()
        refuse_groups(in_channels, out_channels, groups)
        self.stride, self.padding, self.output_padding = stride, padding, output_padding
        self.groups, self.dilation = groups, dilation
        kernel = per_side("kernel_size", kernel_size)
        shape = in_channels, out_channels // groups, *kernel
        bound = 1 / math.sqrt(math.prod(shape[1:]))
        self.weight = nn.Parameter(
            torch.empty(shape).uniform_(-bound, bound, generator=generator)
        )
        if bias:
            start = torch.empty(out_channels).uniform_(
                -bound, bound, generator=generator
            )
            self.bias = nn.Parameter(start)
        else:
            self.register_parameter("bias", None)

    def forward(self, x: Float[Tensor, "*b i h w"]) -> Float[Tensor, "*b o oh ow"]:
        """Stamp images ``(b, i, h, w)`` with the layer's kernels."""
        return conv_transpose2d(
            x,
            self.weight,
            self.bias,
            self.stride,
            self.padding,
            self.output_padding,
            self.groups,
            self.dilation,
        )

    def extra_repr(self) -> str:
        """Name the settings, for ``print(model)``."""
        channels, depth, *kernel = self.weight.shape
        return (
            f"{channels}, {depth * self.groups}, kernel_size={tuple(kernel)}, "
            f"stride={self.stride}, padding={self.padding}, output_padding={self.output_padding}, "
            f"groups={self.groups}, bias={self.bias is not None}, dilation={self.dilation}"
        )
