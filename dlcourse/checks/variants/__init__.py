"""Checks of the variants exercise, in the order of its tasks.

Each task is a draw of cases, a reference and the wrong answers known by name. The references are
the package's own functions, which the tests hold equal to torch.
"""

from .channels import conv1x1, grouped_conv2d
from .dilated import dilated_conv2d
from .matrix import convolution_matrix
from .separable import depthwise_separable, multiplications
from .stamps import conv_transpose2d

__all__ = [
    "conv1x1",
    "conv_transpose2d",
    "convolution_matrix",
    "depthwise_separable",
    "dilated_conv2d",
    "grouped_conv2d",
    "multiplications",
]
