"""Checks of the convolution exercise, in the order of its tasks.

Each task is a draw of cases, a reference and the wrong answers known by name. The references are
the package's own functions, which the tests hold equal to torch.
"""

from .backward import conv2d_backward
from .columns import im2col
from .forward import conv2d, naive_conv2d
from .steps import output_size, single_step, zero_pad

__all__ = [
    "conv2d",
    "conv2d_backward",
    "im2col",
    "naive_conv2d",
    "output_size",
    "single_step",
    "zero_pad",
]
