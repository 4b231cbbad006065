"""Depthwise: one kernel for each channel, and no sum over channels.

A depthwise convolution looks around in every channel and mixes none. With a kernel as large as the
map it becomes a weighted average over the whole image, global depthwise convolution: average
pooling that learns where to look.

Axes:   b batch, c channels, h w input, oh ow output, kh kw kernel
Paper:  Howard et al. 2017, "MobileNets"; Chen, Liu, Gao & Han 2018, "MobileFaceNets" (global)
Torch:  torch.nn.functional.conv2d with ``groups`` equal to the channels in
"""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcourse.nn.convolution import conv2d
from dlcourse.nn.convolution.geometry import Sides

__all__ = ["depthwise_conv2d", "global_depthwise_conv2d"]


def depthwise_conv2d(
    x: Float[Tensor, "*b c h w"],
    weight: Float[Tensor, "o 1 kh kw"],
    bias: Float[Tensor, "o"] | None = None,
    stride: Sides = 1,
    padding: Sides | str = 0,
    dilation: Sides = 1,
) -> Float[Tensor, "*b o oh ow"]:
    """Correlate each channel with its own kernel.

    ``y[b, c, r, t] = bias[c] + sum over u, v of x[b, c, s r + d u - p, s t + d v - p] *
    weight[c, 0, u, v]``. Twice as many kernels as channels give two outputs a channel, side by
    side, and so on.

    Raises:
        TypeError, ValueError: as :func:`~dlcourse.nn.convolution.conv2d`.

    >>> x = torch.tensor([[[[1.0, 2.0]], [[3.0, 4.0]]]])
    >>> weight = torch.tensor([[[[1.0, 1.0]]], [[[-1.0, 1.0]]]])
    >>> depthwise_conv2d(x, weight).flatten().tolist()
    [3.0, 1.0]
    """
    return conv2d(x, weight, bias, stride, padding, dilation, groups=x.shape[-3])


def global_depthwise_conv2d(
    x: Float[Tensor, "*b c h w"],
    weight: Float[Tensor, "c 1 h w"],
    bias: Float[Tensor, "c"] | None = None,
) -> Float[Tensor, "*b c 1 1"]:
    """Sum each channel over all places, every place by a weight of its own.

    With all weights equal to ``1 / (h w)`` it is global average pooling.

    Raises:
        ValueError: if the kernels are not one for each channel, exactly as large as the map.

    >>> x = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    >>> global_depthwise_conv2d(x, torch.tensor([[[[1.0, 0.0], [0.0, 10.0]]]])).item()
    41.0
    """
    channels, *sides = x.shape[-3:]
    if weight.shape != (channels, 1, *sides):
        raise ValueError(
            f"weight has shape {tuple(weight.shape)}; a map of {channels} channels and "
            f"{sides[0]}×{sides[1]} pixels needs {(channels, 1, *sides)}"
        )
    # One window a channel: a product of matrices, and no columns to lay out.
    y = torch.einsum("...chw,chw->...c", x, weight[:, 0])[..., None, None]
    return y if bias is None else y + bias[:, None, None]
