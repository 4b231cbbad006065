"""Decoding of version 1: every box of every cell, in pixels, with a score for every class.

A box's confidence says that there is an object and how well the box fits; the cell's class numbers
say which, if there is one. Their product scores a box for a class.

Axes:   b images, oh ow cells of the grid, n = oh ow m boxes in all, k classes,
        d = 5 m + k numbers of a cell
Paper:  Redmon, Divvala, Girshick & Farhadi 2016, "You only look once: unified, real-time object
        detection"
Torch:  none
"""

import torch
from jaxtyping import Float
from torch import Tensor

from dlcourse.detection.boxes import box_convert

from .v1_loss import split_cells

__all__ = ["decode_cells"]


def decode_cells(
    output: Float[Tensor, "b oh ow d"], image_size: tuple[int, int], num_boxes: int = 2
) -> tuple[Float[Tensor, "b n 4"], Float[Tensor, "b n k"]]:
    """Move each box from its cell into the image; multiply its confidence with the classes.

    ``x = (x in the cell + column) / columns * width of the image``, ``w = root^2 * width of the
    image``, and the same for y and the height.

    Args:
        output: of the network.
        image_size: height and width in pixels.
        num_boxes: boxes of a cell.

    Returns:
        The boxes, x1 y1 x2 y2 in pixels, in the order row, column, box; and their scores.

    >>> output = torch.zeros(1, 1, 2, 6)  # a row of two cells, one box and one class
    >>> output[0, 0, 1] = torch.tensor([0.5, 0.5, 0.5, 1.0, 0.8, 0.5])
    >>> boxes, scores = decode_cells(output, (20, 40), num_boxes=1)
    >>> boxes[0, 1].tolist(), scores[0, 1].tolist()
    ([25.0, 0.0, 35.0, 20.0], [0.4000000059604645])
    """
    boxes, classes = split_cells(output, num_boxes)  # b oh ow m 5, b oh ow k
    rows, columns = output.shape[1:3]
    down, across = torch.meshgrid(
        torch.arange(rows), torch.arange(columns), indexing="ij"
    )
    corners = torch.stack([across, down], dim=-1)[:, :, None].to(output)  # oh ow 1 2
    centres = (boxes[..., :2] + corners) / output.new_tensor([columns, rows])
    shares = torch.cat([centres, boxes[..., 2:4].square()], dim=-1)
    height, width = image_size
    pixels = box_convert(
        shares * output.new_tensor([width, height, width, height]), "cxcywh", "xyxy"
    )
    # nothing keeps a regression inside 0 to 1
    scores = boxes[..., 4:].clamp(0, 1) * classes.clamp(0, 1)[..., None, :]
    return pixels.flatten(1, 3), scores.flatten(1, 3)
