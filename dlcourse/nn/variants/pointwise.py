"""Pointwise: a kernel of one pixel is a fully connected layer, and the other way round.

A 1x1 kernel sees no neighbours. It mixes the channels of each pixel, by the same weights at every
pixel: the fully connected layer of a small network that slides over the image. A fully connected
layer on a whole feature map, in turn, is a convolution whose kernel is as large as the map.

Axes:   b batch, i o channels in and out, c channels, h w the map a fully connected layer reads
Paper:  Lin, Chen & Yan 2014, "Network in network" (1x1); Sermanet et al. 2014, "OverFeat" and Long,
        Shelhamer & Darrell 2015, "Fully convolutional networks" (fully connected as convolution)
Torch:  torch.nn.functional.conv2d with a 1x1 weight; torch.nn.functional.linear
"""

from math import prod

from jaxtyping import Float
from torch import Tensor

from dlcourse.nn.convolution.geometry import Sides, per_side

__all__ = ["linear_as_conv", "linear_per_pixel"]


def linear_per_pixel(
    x: Float[Tensor, "b i h w"],
    weight: Float[Tensor, "o i"],
    bias: Float[Tensor, "o"] | None = None,
) -> Float[Tensor, "b o h w"]:
    """Apply one fully connected layer to the channels of every pixel.

    ``y[b, o, r, c] = bias[o] + sum over i of x[b, i, r, c] * weight[o, i]``: what a convolution
    with the weight ``weight[:, :, None, None]`` computes.

    Raises:
        RuntimeError: if the number of channels differs between image and weight.

    >>> x = torch.tensor([[[[1.0, 2.0]], [[10.0, 20.0]]]])
    >>> linear_per_pixel(x, torch.tensor([[3.0, 1.0]])).tolist()
    [[[[13.0, 26.0]]]]
    """
    y = x.movedim(1, -1) @ weight.mT  # b h w o
    return (y if bias is None else y + bias).movedim(-1, 1)


def linear_as_conv(
    weight: Float[Tensor, "o c_h_w"], sides: Sides
) -> Float[Tensor, "o c h w"]:
    """Give the weights of a fully connected layer on flattened maps the shape of kernels.

    No number changes. The kernels fit a map of the given sides once, and a larger one several
    times: the layer, slid over the map.

    Args:
        weight: one row for each output, over the entries of a map ``(c, h, w)`` as flatten orders.
        sides: height and width of that map, or one number for both.

    Raises:
        ValueError: if a row does not divide into maps of that size.

    >>> linear_as_conv(torch.arange(8.0).reshape(1, 8), sides=2).tolist()
    [[[[0.0, 1.0], [2.0, 3.0]], [[4.0, 5.0], [6.0, 7.0]]]]
    """
    height, width = per_side("sides", sides)
    if weight.shape[1] % prod((height, width)):
        raise ValueError(
            f"rows of {weight.shape[1]} entries do not divide into maps of {height}×{width}"
        )
    return weight.unflatten(1, (-1, height, width))
