"""Variants: convolutions that look at fewer channels, at other places, or the other way round.

One sum of products, with something left out or turned about: no neighbours, no other channels, gaps
between the entries, or the step from the result back to the image. Each saves or buys something
that networks need.

Read in this order, parts before the whole:

    pointwise     1x1 kernels, and fully connected layers as convolutions
    grouped       groups of channels that do not see each other
    depthwise     one kernel a channel, also as large as the map
    separable     depthwise, then pointwise
    cost          multiplications and memory traffic, by formula
    refusals      what a transposed convolution does not accept
    transposed    conv_transpose2d, with the backward pass by hand
    layer         ConvTranspose2d, the module that keeps the weights
    zeros         dilation and transposition by zeros between cells
    matrix        the matrix of a convolution
    checkerboard  how unevenly stamps overlap, and the cure

Paper:  Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning"; Howard et al.
        2017, "MobileNets"
Torch:  torch.nn.functional.conv2d with ``groups`` and ``dilation``; conv_transpose2d
"""

from .checkerboard import overlap_count, resize_conv2d
from .cost import multiplications_separable, traffic_conv
from .depthwise import depthwise_conv2d, global_depthwise_conv2d
from .grouped import ungroup
from .layer import ConvTranspose2d
from .matrix import convolution_matrix
from .pointwise import linear_as_conv, linear_per_pixel
from .separable import DepthwiseSeparableConv2d, depthwise_separable
from .transposed import conv_transpose2d
from .zeros import insert_zeros, transposed_by_zeros

__all__ = [
    "ConvTranspose2d",
    "DepthwiseSeparableConv2d",
    "conv_transpose2d",
    "convolution_matrix",
    "depthwise_conv2d",
    "depthwise_separable",
    "global_depthwise_conv2d",
    "insert_zeros",
    "linear_as_conv",
    "linear_per_pixel",
    "multiplications_separable",
    "overlap_count",
    "resize_conv2d",
    "traffic_conv",
    "transposed_by_zeros",
    "ungroup",
]
