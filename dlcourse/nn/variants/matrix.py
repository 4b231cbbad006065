"""Matrix: a convolution is linear in the image, so it is a matrix, and that has a transpose.

The matrix is mostly zeros, with the same few weights in every row. Nobody computes with it. It says
what the gradient of a convolution is, and where the transposed convolution has its name from.

Axes:   i o channels in and out, h w input, oh ow output, kh kw kernel
Paper:  Dumoulin & Visin 2016, "A guide to convolution arithmetic for deep learning"
Torch:  none; torch.autograd.functional.jacobian of torch.nn.functional.conv2d gives the same
"""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcourse.nn.convolution import conv2d
from dlcourse.nn.convolution.geometry import Sides, per_side

__all__ = ["convolution_matrix"]


def convolution_matrix(
    weight: Float[Tensor, "o i_per_group kh kw"],
    sides: Sides,
    stride: Sides = 1,
    padding: Sides | str = 0,
    dilation: Sides = 1,
    groups: int = 1,
) -> Float[Tensor, "o_oh_ow i_h_w"]:
    """Build the matrix that a convolution multiplies a flattened image by.

    Column ``n`` is what the convolution makes of the image whose cell ``n`` is 1 and whose others
    are 0. ``matrix @ x.flatten()`` convolves, and ``matrix.mT @ y.flatten()`` is the transposed
    convolution with the same weight and settings.

    Args:
        weight: one kernel of ``i / groups`` channels for each output channel.
        sides: height and width of the image, or one number for both.
        stride: as in :func:`~dlcourse.nn.convolution.conv2d`, like all that follow.
        padding: cells of zeros, "valid" or "same".
        dilation: cells from one entry of the kernel to the next.
        groups: parts the channels are divided into.

    Raises:
        ValueError: as :func:`~dlcourse.nn.convolution.conv2d`.

    >>> convolution_matrix(torch.tensor([[[[1.0, 2.0]]]]), sides=(1, 3)).tolist()
    [[1.0, 2.0, 0.0], [0.0, 1.0, 2.0]]
    """
    height, width = per_side("sides", sides)
    cells = weight.shape[1] * groups * height * width
    basis = torch.eye(cells, dtype=weight.dtype, device=weight.device)
    images = basis.unflatten(1, (-1, height, width))  # i_h_w i h w
    answers = conv2d(images, weight, None, stride, padding, dilation, groups)
    return answers.flatten(start_dim=1).mT
