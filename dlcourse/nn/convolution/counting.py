"""Counting: what a convolution costs, before it is built.

Parameters do not depend on the image's size; multiplications do. The two numbers tell apart a layer
that is large to store from one that is slow to run.

Axes:   o channels out, i channels in, kh kw kernel, oh ow output
Paper:  Krizhevsky, Sutskever & Hinton 2012, "ImageNet classification with deep convolutional neural
        networks" (the layer whose counts the chapter repeats)
Torch:  torch.utils.flop_counter counts a multiplication and its addition as two operations
"""

from math import prod

from .geometry import Geometry, Sides, per_side
from .refusals import refuse_groups

__all__ = ["multiplications_conv", "parameters_conv"]


def parameters_conv(
    in_channels: int,
    out_channels: int,
    kernel_size: Sides,
    groups: int = 1,
    bias: bool = True,
) -> int:
    """Count the weights and biases: ``o (i / groups * kh * kw + 1)``.

    Raises:
        ValueError: if ``groups`` does not divide both channel counts.

    >>> parameters_conv(3, 10, kernel_size=3)
    280
    """
    refuse_groups(in_channels, out_channels, groups)
    kernel = per_side("kernel_size", kernel_size)
    return out_channels * (in_channels // groups * prod(kernel) + bias)


def multiplications_conv(
    in_channels: int,
    out_channels: int,
    kernel_size: Sides,
    input_size: Sides,
    stride: Sides = 1,
    padding: Sides | str = 0,
    dilation: Sides = 1,
    groups: int = 1,
) -> int:
    """Count the multiplications for one image: ``oh ow`` times the weights without biases.

    Args:
        in_channels: channels of the input.
        out_channels: channels of the output.
        kernel_size: height and width of the kernel, or one number for both.
        input_size: height and width of the image in pixels, or one number for both.
        stride: cells from one window to the next.
        padding: cells of zeros, "valid" or "same".
        dilation: cells from one entry of the kernel to the next.
        groups: parts the channels are divided into.

    Raises:
        ValueError: if the kernel does not fit, or ``groups`` does not divide the channels.

    >>> multiplications_conv(3, 2, kernel_size=3, input_size=6)
    864
    """
    geometry = Geometry.of(kernel_size, stride, padding, dilation)
    windows = prod(geometry.output(per_side("input_size", input_size)))
    return windows * parameters_conv(
        in_channels, out_channels, kernel_size, groups, bias=False
    )
