"""Target of version 1: one object a cell, in the cell that holds its centre.

A network gives numbers at fixed places, and a list of boxes has no places. A grid gives it some:
each object belongs to one cell and is described as seen from there. What a second object in the
same cell would say has no place, and is lost.

Axes:   n objects, oh ow cells of the grid, k classes, d = 5 + k numbers of a cell
Paper:  Redmon, Divvala, Girshick & Farhadi 2016, "You only look once: unified, real-time object
        detection"
Torch:  none
"""

from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import one_hot

from ._refusals import refuse_boxes, refuse_centres

__all__ = ["Cells", "cells_of", "encode_cells"]


class Cells(NamedTuple):
    """Where objects stand in a grid.

    Attributes:
        rows: of the cell that holds each object's centre.
        columns: of the same cell.
        codes: x and y of the centre in its cell, 0 at the left or upper edge and 1 at the other;
            width and height as shares of the image.
    """

    rows: Int[Tensor, "n"]
    columns: Int[Tensor, "n"]
    codes: Float[Tensor, "n 4"]


def cells_of(
    boxes: Float[Tensor, "n 4"],
    image_size: tuple[int, int],
    grid_size: tuple[int, int],
) -> Cells:
    """Find the cell of each box's centre, and describe the box as that cell sees it.

    Args:
        boxes: x1 y1 x2 y2 in pixels.
        image_size: height and width in pixels.
        grid_size: rows and columns of cells.

    Raises:
        ValueError: if a centre lies outside the image.

    >>> cells = cells_of(torch.tensor([[30.0, 10, 50, 20]]), (60, 60), (3, 3))
    >>> cells.rows.item(), cells.columns.item()
    (0, 2)
    >>> cells_of(torch.tensor([[20.0, 10, 50, 20]]), (60, 60), (3, 3)).codes
    tensor([[0.7500, 0.7500, 0.5000, 0.1667]])
    """
    refuse_centres(boxes, image_size)
    sides = boxes.new_tensor([image_size[1], image_size[0]])
    counts = boxes.new_tensor([grid_size[1], grid_size[0]])
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2 / sides * counts  # in cells
    # a centre that is next to the far edge may be rounded onto it
    corners = centres.floor().minimum(counts - 1)
    shares = (boxes[:, 2:] - boxes[:, :2]) / sides
    columns, rows = corners.long().unbind(dim=1)
    return Cells(rows, columns, torch.cat([centres - corners, shares], dim=1))


def encode_cells(
    boxes: Float[Tensor, "n 4"],
    labels: Int[Tensor, "n"],
    image_size: tuple[int, int],
    grid_size: tuple[int, int] = (7, 7),
    num_classes: int = 20,
) -> Float[Tensor, "oh ow d"]:
    """Write each object into its cell: 1, x, y, width, height, and a 1 at its class.

    Cells without an object hold zeros. A cell takes the first object in the list that it holds;
    later ones are left out.

    Args:
        boxes: x1 y1 x2 y2 in pixels.
        labels: a class for each.
        image_size: height and width in pixels.
        grid_size: rows and columns of cells.
        num_classes: classes that a label may name.

    Raises:
        ValueError: if a box has no inside, its centre lies outside the image, or a label names
            no class.

    >>> target = encode_cells(
    ...     torch.tensor([[0.0, 0, 40, 20]]), torch.tensor([1]), (40, 80), (2, 2), num_classes=2
    ... )
    >>> target[0, 0].tolist(), target[1, 1].tolist()
    ([1.0, 0.5, 0.5, 0.5, 0.5, 0.0, 1.0], [0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0])
    """
    refuse_boxes(boxes, labels, num_classes)
    rows, columns, codes = cells_of(boxes, image_size, grid_size)
    target = boxes.new_zeros(*grid_size, 5 + num_classes)
    ones = codes.new_ones(len(codes), 1)
    entries = torch.cat([ones, codes, one_hot(labels, num_classes).to(codes)], dim=1)
    for row, column, entry in zip(rows, columns, entries, strict=True):
        if not target[row, column, 0]:
            target[row, column] = entry
    return target
