"""Pyramid: describe a map of any size by a vector of one length.

A convolution takes an image of any size; the fully connected layer after it does not. Between the
two, the map is pooled into grids of 1, 4, 16 ... bins, whose number does not depend on its size.
The coarse grids say what is there, the fine ones roughly where.

Axes:   b batch, c channels, h w input, d = c times the bins of all levels
Paper:  He, Zhang, Ren & Sun 2014, "Spatial pyramid pooling in deep convolutional networks for
        visual recognition"; Lazebnik, Schmid & Ponce 2006, "Beyond bags of features"
Torch:  none
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from .adaptive import OutputSize, adaptive_max_pool2d

__all__ = ["spatial_pyramid_pool"]


def spatial_pyramid_pool(
    x: Float[Tensor, "*b c h w"], levels: Sequence[OutputSize] = (4, 2, 1)
) -> Float[Tensor, "*b d"]:
    """Pool the map into a grid of bins for each level and join the grids, one after the other.

    Each level is laid out channel by channel, row by row; with ``n x n`` bins it adds ``c n n``
    numbers.

    Args:
        x: feature maps; the batch axis may be left out.
        levels: bins of each level, one number for both sides or a pair.

    Raises:
        TypeError: if the input is not a floating point tensor.
        ValueError: if there is no level, or one is out of range.

    >>> spatial_pyramid_pool(torch.tensor([[[1.0, 4.0], [2.0, 3.0]]]), levels=(2, 1)).tolist()
    [1.0, 4.0, 2.0, 3.0, 4.0]
    """
    if not levels:
        raise ValueError("levels () is empty; a pyramid needs one level at least")
    grids = [adaptive_max_pool2d(x, level).flatten(-3) for level in levels]
    return torch.cat(grids, dim=-1)
