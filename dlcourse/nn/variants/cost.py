"""Cost: what a layer multiplies, and what it has to move to do so.

Multiplications are what papers count. A processor also waits for memory: every number of the image,
the weights and the result has to be read or written at least once. A layer that multiplies little
for each number it moves is as slow as the memory, however few its multiplications.

Axes:   i o channels in and out, kh kw kernel, oh ow output
Paper:  Howard et al. 2017, "MobileNets" (the ratio); Williams, Waterman & Patterson 2009,
        "Roofline" (work against traffic)
Torch:  torch.utils.flop_counter counts the multiplications, and nothing counts the traffic
"""

from math import prod

from dlcourse.nn.convolution import multiplications_conv, parameters_conv
from dlcourse.nn.convolution.geometry import Geometry, Sides, per_side

__all__ = ["multiplications_separable", "traffic_conv"]


def multiplications_separable(
    in_channels: int,
    out_channels: int,
    kernel_size: Sides,
    input_size: Sides,
    stride: Sides = 1,
    padding: Sides | str = 0,
) -> tuple[int, int]:
    """Count the multiplications of the depthwise and of the pointwise step, for one image.

    ``oh ow i kh kw`` and ``oh ow i o``; together they are ``1 / o + 1 / (kh kw)`` of an ordinary
    convolution's.

    Raises:
        ValueError: if the kernel does not fit the image.

    >>> multiplications_separable(3, 5, kernel_size=3, input_size=6)
    (432, 240)
    """
    depthwise = multiplications_conv(
        in_channels,
        in_channels,
        kernel_size,
        input_size,
        stride,
        padding,
        groups=in_channels,
    )
    middle = Geometry.of(kernel_size, stride, padding).output(
        per_side("input_size", input_size)
    )
    return depthwise, multiplications_conv(in_channels, out_channels, 1, middle)


def traffic_conv(
    in_channels: int,
    out_channels: int,
    kernel_size: Sides,
    input_size: Sides,
    stride: Sides = 1,
    padding: Sides | str = 0,
    groups: int = 1,
) -> int:
    """Count the numbers that a convolution of one image reads and writes, each once.

    The image, the weights without biases and the result; four bytes each in single precision.

    Raises:
        ValueError: if the kernel does not fit, or ``groups`` does not divide the channels.

    >>> traffic_conv(3, 2, kernel_size=3, input_size=6)  # 108 + 54 + 32
    194
    """
    sides = per_side("input_size", input_size)
    outputs = Geometry.of(kernel_size, stride, padding).output(sides)
    weights = parameters_conv(
        in_channels, out_channels, kernel_size, groups, bias=False
    )
    return in_channels * prod(sides) + weights + out_channels * prod(outputs)
