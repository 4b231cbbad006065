"""Definition: the sum that every faster form must equal, written as loops.

Deep learning says convolution and computes cross-correlation: the kernel is laid on the image as it
is. The convolution of mathematics first turns the kernel by 180 degrees. A learned kernel does not
care, since the turned one can be learned just as well.

Axes:   h w the image, kh kw the kernel; no padding, stride 1
Torch:  torch.nn.functional.conv2d computes ``correlate2d``; scipy.signal has both names
"""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcourse.axes import Feature

from .refusals import refuse_kernel

__all__ = ["convolve2d", "correlate2d"]


def correlate2d(
    x: Feature, kernel: Float[Tensor, "kh kw"]
) -> Float[Tensor, "h-kh+1 w-kw+1"]:
    """Sum the products of the kernel and the window below it, at every place where it fits.

    ``y[r, c] = sum over i, j of x[r + i, c + j] * kernel[i, j]``

    Raises:
        ValueError: if the kernel is larger than the image or has no entry.

    >>> correlate2d(torch.tensor([[1.0, 2.0, 3.0]]), torch.tensor([[10.0, 1.0]])).tolist()
    [[12.0, 23.0]]
    """
    refuse_kernel(x, kernel)
    (height, width), (kernel_height, kernel_width) = x.shape, kernel.shape
    y = x.new_zeros(height - kernel_height + 1, width - kernel_width + 1)
    for row in range(y.shape[0]):
        for column in range(y.shape[1]):
            for i in range(kernel_height):
                for j in range(kernel_width):
                    y[row, column] += x[row + i, column + j] * kernel[i, j]
    return y


def convolve2d(
    x: Feature, kernel: Float[Tensor, "kh kw"]
) -> Float[Tensor, "h-kh+1 w-kw+1"]:
    """Turn the kernel by 180 degrees, then correlate.

    ``y[r, c] = sum over i, j of x[r + i, c + j] * kernel[kh - 1 - i, kw - 1 - j]``

    Raises:
        ValueError: as :func:`correlate2d`.

    >>> convolve2d(torch.tensor([[1.0, 2.0, 3.0]]), torch.tensor([[10.0, 1.0]])).tolist()
    [[21.0, 32.0]]
    """
    return correlate2d(x, torch.flip(kernel, dims=(0, 1)))
