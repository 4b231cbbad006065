"""Convolution: slide one small set of weights over an image and sum the products.

The same weights meet every place, so a feature learned in one corner is found in all of them, with
as many parameters as the kernel has entries, however large the image.

Read in this order, parts before the whole:

    definition   the sum itself, as loops over one channel
    geometry     kernel size, stride, padding, dilation, and the output size they give
    columns      im2col and col2im: every window as the column of a matrix
    refusals     what a convolution does not accept, and how it says so
    functional   conv1d, conv2d, conv3d by one matrix product, with the backward pass by hand
    layer        Conv2d, the module that keeps the weights
    kernels      classical kernels by name, and learning a kernel from its result
    counting     parameters and multiplications of a layer by formula

Paper:  LeCun, Bottou, Bengio & Haffner 1998, "Gradient-based learning applied to document
        recognition"; Chellapilla, Puri & Simard 2006, "High performance convolutional neural
        networks for document processing" (im2col)
Torch:  torch.nn.functional.conv1d, conv2d, conv3d, unfold, fold; torch.nn.Conv2d
"""

from .columns import col2im, im2col
from .counting import multiplications_conv, parameters_conv
from .definition import convolve2d, correlate2d
from .functional import conv1d, conv2d, conv3d
from .kernels import KERNELS, kernel, learn_kernel
from .layer import Conv2d

__all__ = [
    "KERNELS",
    "Conv2d",
    "col2im",
    "conv1d",
    "conv2d",
    "conv3d",
    "convolve2d",
    "correlate2d",
    "im2col",
    "kernel",
    "learn_kernel",
    "multiplications_conv",
    "parameters_conv",
]
