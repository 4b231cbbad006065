"""Grid: the same shapes at every cell of a feature map.

A convolution asks the same question of every cell, so every cell is given the same shapes. A cell
of the map stands for a square of the image as wide as the stride; its boxes are laid around the
middle of that square.

Axes:   n boxes of one cell, m boxes of the map
Paper:  Ren, He, Girshick & Sun 2015, "Faster R-CNN"
Torch:  torchvision.models.detection.anchor_utils.AnchorGenerator.grid_anchors, which lays them
        around the first corner of the square: offset=0
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from .refusals import refuse_positive

__all__ = ["Stride", "grid_anchors"]

Stride = float | int | Sequence[float | int]
"""Pixels from cell to cell: one number, or one for rows and one for columns."""


def grid_anchors(
    grid_size: Sequence[int],
    stride: Stride,
    base: Float[Tensor, "n 4"],
    offset: float | int = 0.5,
) -> Float[Tensor, "m 4"]:
    """Copy the boxes to every cell: add ``((column + offset) stride, (row + offset) stride)``.

    Args:
        grid_size: rows and columns of the map.
        stride: pixels from cell to cell.
        base: boxes around 0.
        offset: where in its cell an anchor has its centre: 0.5 is the middle, 0 the corner.

    Returns:
        Boxes in the order row, column, shape, as a head's answers lie once the channels are last.

    Raises:
        ValueError: if a side or a stride is not above 0.

    >>> grid_anchors((1, 2), 4, torch.tensor([[-1.0, -1.0, 1.0, 1.0]]))
    tensor([[1., 1., 3., 3.],
            [5., 1., 7., 3.]])
    """
    steps = tuple(stride) if isinstance(stride, Sequence) else (stride, stride)
    refuse_positive("grid_size", grid_size)
    refuse_positive("stride", steps)
    ys, xs = (
        (torch.arange(cells, dtype=base.dtype, device=base.device) + offset) * step
        for cells, step in zip(grid_size, steps, strict=True)
    )
    y, x = torch.meshgrid(ys, xs, indexing="ij")
    centres = torch.stack([x, y, x, y], dim=-1)  # rows, columns, 4
    return (centres[:, :, None] + base).flatten(0, 2)
