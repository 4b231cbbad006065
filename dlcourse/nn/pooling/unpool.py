"""Unpool: put each maximum back where it came from, and zeros around it.

Pooling cannot be undone, since three of four numbers are gone. With the places of the winners, the
kept ones at least return to the right cell, which is how the features of a network are traced back
to the image.

Axes:   b batch, c channels, h w pooled map, oh ow the map to fill
Paper:  Zeiler & Fergus 2014, "Visualizing and understanding convolutional networks"
Torch:  torch.nn.functional.max_unpool2d
"""

from collections.abc import Sequence

from jaxtyping import Float, Int
from torch import Tensor

from dlcourse.nn.convolution.geometry import Sides, per_side

from .refusals import refuse_map, refuse_output_size, refuse_places

__all__ = ["max_unpool2d"]


def max_unpool2d(
    input: Float[Tensor, "*b c h w"],
    indices: Int[Tensor, "*b c h w"],
    kernel_size: Sides,
    stride: Sides | None = None,
    padding: Sides = 0,
    output_size: Sequence[int] | None = None,
) -> Float[Tensor, "*b c oh ow"]:
    """Write each number at its place in a map of zeros.

    Without ``output_size`` the map has ``(n - 1) s - 2 p + k`` cells a side; since several sizes
    pool to the same ``n``, the true one may be given.

    Args:
        input: the maxima.
        indices: their places, as :func:`max_pool2d` returns them.
        kernel_size: as it was in the pooling, like all that follow.
        stride: cells from one window to the next; without one, the kernel's size.
        padding: cells by which windows hung over.
        output_size: sides of the map, alone or after batch and channels.

    Raises:
        TypeError: if the input is not a floating point tensor.
        ValueError: if a place lies outside the map, there is not one for each number, or no map
            of ``output_size`` pools to the input's size.

    >>> max_unpool2d(torch.tensor([[[5.0]]]), torch.tensor([[[1]]]), kernel_size=2).tolist()
    [[[0.0, 5.0], [0.0, 0.0]]]
    """
    refuse_map(input)
    kernel = per_side("kernel_size", kernel_size)
    steps = kernel if stride is None else per_side("stride", stride)
    margins = per_side("padding", padding, least=0)
    sides = tuple(
        (n - 1) * s - 2 * p + k
        for n, s, p, k in zip(input.shape[-2:], steps, margins, kernel, strict=True)
    )
    if output_size is not None:
        refuse_output_size(output_size, sides, steps)
        sides = tuple(output_size)[-2:]
    refuse_places(input, indices, sides)
    cells = input.new_zeros(*input.shape[:-2], sides[0] * sides[1])
    filled = cells.scatter(-1, indices.flatten(-2), input.flatten(-2))
    return filled.unflatten(-1, sides)
