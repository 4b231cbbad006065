"""Layer: the module that keeps the weights a convolution learns.

The function computes; the module remembers ``weight`` and ``bias`` under torch's names, so that
what one has learned the other can load.

Axes:   o channels out, i channels in, kh kw kernel
Paper:  LeCun, Bottou, Bengio & Haffner 1998, "Gradient-based learning applied to document
        recognition"
Torch:  torch.nn.Conv2d
"""

import math

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn

from dlcourse.nn.padding import pad2d
from dlcourse.nn.padding.border import refuse_mode

from .functional import conv2d
from .geometry import Geometry, Sides, per_side
from .refusals import refuse_groups

__all__ = ["Conv2d"]


class Conv2d(nn.Module):
    """The layer form of :func:`~dlcourse.nn.convolution.conv2d`.

    Weights and bias start uniform in ``[-1/sqrt(n), 1/sqrt(n)]``, where ``n = i / groups kh kw``
    counts the inputs of one output: torch's rule, so an equal seed gives torch's weights.

    Args:
        in_channels: channels of the input.
        out_channels: kernels, one for each channel of the output.
        kernel_size: height and width of the kernels, or one number for both.
        stride: as in the function, like all that follow.
        padding: cells of zeros, "valid" or "same".
        dilation: cells from one entry of the kernel to the next.
        groups: parts the channels are divided into.
        bias: whether each kernel adds a number of its own.
        padding_mode: how the image goes on beyond its edge, as in
            :func:`~dlcourse.nn.padding.pad2d`.
        generator: source of the random weights; without one, torch's global source.

    Raises:
        ValueError: if ``groups`` does not divide both channel counts, or the mode is unknown.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Sides,
        stride: Sides = 1,
        padding: Sides | str = 0,
        dilation: Sides = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        *,
        generator: Generator | None = None,
    ) -> None:
        super().__init__()
        refuse_groups(in_channels, out_channels, groups)
        refuse_mode(padding_mode)
        self.padding_mode = padding_mode
        self.stride, self.padding, self.dilation, self.groups = (
            stride,
            padding,
            dilation,
            groups,
        )
        shape = (
            out_channels,
            in_channels // groups,
            *per_side("kernel_size", kernel_size),
        )
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
        """Convolve images ``(b, i, h, w)`` with the layer's kernels."""
        padding = self.padding
        if self.padding_mode != "zeros":
            x, padding = pad2d(x, self._border(), self.padding_mode), 0
        return conv2d(
            x,
            self.weight,
            self.bias,
            self.stride,
            padding,
            self.dilation,
            self.groups,
        )

    def _border(self) -> tuple[int, int, int, int]:
        """Say the padding as left, right, top, bottom."""
        kernel_size = self.weight.shape[2:]
        geometry = Geometry.of(kernel_size, self.stride, self.padding, self.dilation)
        rows, columns = geometry.padding
        return *columns, *rows

    def extra_repr(self) -> str:
        """Name the settings, for ``print(model)``."""
        filters, depth, *kernel = self.weight.shape
        mode = self.padding_mode
        named = "" if mode == "zeros" else f", padding_mode={mode!r}"
        return (
            f"{depth * self.groups}, {filters}, kernel_size={tuple(kernel)}, stride={self.stride}, "
            f"padding={self.padding!r}, dilation={self.dilation}, groups={self.groups}, "
            f"bias={self.bias is not None}{named}"
        )
