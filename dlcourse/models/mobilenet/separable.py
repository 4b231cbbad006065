"""Separable: depthwise, then pointwise, each with its normalization and its ReLU.

The separable convolution of :mod:`dlcourse.nn.variants` has nothing between its two steps. Here
each step is a layer of its own. At stride 2 the depthwise step shrinks the map, so that no pooling
is needed.

Axes:   i and o channels in and out
Paper:  Howard et al. 2017, "MobileNets: efficient convolutional neural networks for mobile vision
        applications"
Torch:  none
"""

from collections import OrderedDict
from functools import partial

from torch import nn

from dlcourse.models._convolution import conv_norm_activation

__all__ = ["separable"]

relu = partial(nn.ReLU, inplace=True)


def separable(in_channels: int, out_channels: int, stride: int = 1) -> nn.Sequential:
    """Look at 3x3 pixels of each channel by itself, then mix the channels of each pixel.

    >>> block = separable(2, 5)
    >>> [layer.conv.weight.numel() for layer in block]  # 9 x 2 and 2 x 5
    [18, 10]
    """
    look = conv_norm_activation(
        in_channels, in_channels, 3, stride, groups=in_channels, activation=relu
    )
    mix = conv_norm_activation(in_channels, out_channels, 1, activation=relu)
    return nn.Sequential(OrderedDict(depthwise=look, pointwise=mix))
