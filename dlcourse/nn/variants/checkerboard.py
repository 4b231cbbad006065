"""Checkerboard: where stamps overlap unevenly, and a way to enlarge that has no overlaps.

If the stride does not divide the kernel, some cells of the output lie under more stamps than their
neighbours. The sums differ even where the image does not, and the pattern is a checkerboard. A
kernel that the stride divides evens the count; resizing first and convolving after has none.

Axes:   b batch, i o channels in and out, h w input, kh kw kernel, oh ow output
Paper:  Odena, Dumoulin & Olah 2016, "Deconvolution and checkerboard artifacts"
Torch:  torch.nn.Upsample followed by torch.nn.Conv2d
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcourse.nn.convolution import conv2d
from dlcourse.nn.convolution.geometry import Sides, per_side

from .transposed import conv_transpose2d

__all__ = ["overlap_count", "resize_conv2d"]


def overlap_count(
    sides: Sides,
    kernel_size: Sides,
    stride: Sides = 1,
    padding: Sides = 0,
    output_padding: Sides = 0,
    dilation: Sides = 1,
) -> Int[Tensor, "oh ow"]:
    """Count the stamps that lie on each cell of a transposed convolution's output.

    It is the transposed convolution of ones with ones.

    Args:
        sides: height and width of the input, or one number for both.
        kernel_size: height and width of the stamps.
        stride: as in :func:`~dlcourse.nn.variants.conv_transpose2d`, like all that follow.
        padding: cells cropped from every side.
        output_padding: cells cropped less after each side.
        dilation: cells from one entry of the kernel to the next.

    Raises:
        ValueError: as :func:`~dlcourse.nn.variants.conv_transpose2d`.

    >>> overlap_count((1, 3), kernel_size=(1, 3), stride=(1, 2)).tolist()
    [[1, 1, 2, 1, 2, 1, 1]]
    """
    image = torch.ones(1, 1, *per_side("sides", sides))
    stamp = torch.ones(1, 1, *per_side("kernel_size", kernel_size))
    count = conv_transpose2d(
        image, stamp, None, stride, padding, output_padding, dilation=dilation
    )
    return count[0, 0].round().int()


def resize_conv2d(
    x: Float[Tensor, "b i h w"],
    weight: Float[Tensor, "o i kh kw"],
    bias: Float[Tensor, "o"] | None = None,
    scale_factor: Sides = 2,
    padding: Sides | str = "same",
) -> Float[Tensor, "b o oh ow"]:
    """Repeat every pixel ``scale_factor`` times along both sides, then convolve.

    Every inner cell of the output lies under the same number of kernel entries, so a flat image
    stays flat, whatever the weights.

    Raises:
        TypeError, ValueError: as :func:`~dlcourse.nn.convolution.conv2d`.

    >>> resize_conv2d(torch.tensor([[[[1.0, 2.0]]]]), torch.ones(1, 1, 1, 1)).tolist()
    [[[[1.0, 1.0, 2.0, 2.0], [1.0, 1.0, 2.0, 2.0]]]]
    """
    down, right = per_side("scale_factor", scale_factor)
    larger = x.repeat_interleave(down, dim=-2).repeat_interleave(right, dim=-1)
    return conv2d(larger, weight, bias, padding=padding)
