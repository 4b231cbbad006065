"""Cells: checks of cell_of and target_v1, what a grid is to say of an image's objects."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.detection.yolo import cells_of, encode_cells

__all__ = ["cell_of", "target_v1"]

Size = tuple[int, int]


def _draw_boxes(draw: Draw, count: int, size: Size) -> Tensor:
    """Draw boxes inside an image, none of them thin."""
    sides = torch.tensor([size[1], size[0]], dtype=torch.float64)
    shares = 0.1 + 0.4 * draw.tensor(count, 2).sigmoid()
    corners = draw.tensor(count, 2).sigmoid() * (1 - shares)
    return torch.cat([corners, corners + shares], dim=1) * torch.cat([sides, sides])


def _draw_image(draw: Draw) -> tuple[Tensor, Size, int]:
    height = 40 + 2 * draw.side()
    size = (
        height,
        height + 20 * draw.side(),
    )  # wider than high, so that a swap is seen
    grid = draw.integer(3, 9 if draw.hard else 5)
    return _draw_boxes(draw, draw.integer(3, 5), size), size, grid


def _centres(boxes: Tensor) -> Tensor:
    return (boxes[:, :2] + boxes[:, 2:]) / 2


def _in_cells(points: Tensor, size: Size, grid: int) -> Tensor:
    """Count points, x and y, in cells."""
    return points / torch.tensor([size[1], size[0]]) * grid


# cell_of


def _cell_of(boxes: Tensor, size: Size, grid: int) -> Tensor:
    cells = cells_of(boxes, size, (grid, grid))
    return torch.stack([cells.rows, cells.columns], dim=1)


def _rounded(
    rule: Callable[[Tensor], Tensor],
) -> Callable[[Tensor, Size, int], Tensor]:
    """Find the cell by another way of rounding."""

    def cell(boxes: Tensor, size: Size, grid: int) -> Tensor:
        return rule(_in_cells(_centres(boxes), size, grid)).long().flip(1)

    return cell


cell_of = Check(
    task="cell_of",
    draw=lambda draw: Case(
        dict(zip(("boxes", "size", "grid"), _draw_image(draw), strict=True))
    ),
    reference=_cell_of,
    mistakes=(
        Mistake(
            "row and column are swapped",
            "The row is counted downwards, along y; the column along x. The row comes first.",
            lambda boxes, size, grid: _cell_of(boxes, size, grid).flip(1),
        ),
        Mistake(
            "the upper left corner decides",
            "An object belongs to the cell of its centre, half way between the corners.",
            lambda boxes, size, grid: (
                _in_cells(boxes[:, :2], size, grid).long().flip(1)
            ),
        ),
        Mistake(
            "height and width of the image are swapped",
            "size says height, width; x is measured along the width.",
            lambda boxes, size, grid: (
                _in_cells(_centres(boxes), size[::-1], grid).long().flip(1)
            ),
        ),
        Mistake(
            "the place is rounded to the nearest line",
            "A cell begins at its line and ends at the next: round down.",
            _rounded(torch.round),
        ),
        Mistake(
            "cells are counted from 1",
            "The first row and the first column are number 0.",
            lambda boxes, size, grid: _cell_of(boxes, size, grid) + 1,
        ),
        Mistake(
            "the share of the image is not turned into cells",
            "A share of 0.5 lies in the middle of the grid: multiply by its cells, then round.",
            lambda boxes, size, grid: torch.zeros_like(_cell_of(boxes, size, grid)),
        ),
    ),
)


# target_v1


def _target(
    boxes: Tensor, labels: Tensor, size: Size, grid: int, num_classes: int
) -> Tensor:
    return encode_cells(boxes, labels, size, (grid, grid), num_classes)


def _written(
    codes: Callable[[Tensor, Tensor, int], Tensor], *, last: bool = False
) -> Callable[..., Tensor]:
    """Write targets whose four numbers a rule finds from (boxes, boxes in shares, grid)."""

    def target(
        boxes: Tensor, labels: Tensor, size: Size, grid: int, num_classes: int
    ) -> Tensor:
        sides = torch.tensor([size[1], size[0]] * 2)
        cells = _cell_of(boxes, size, grid)
        numbers = codes(cells, boxes / sides, grid)
        classes = one_hot(labels, num_classes).double()
        y = boxes.new_zeros(grid, grid, 5 + num_classes)
        order = range(len(boxes)) if last else range(len(boxes) - 1, -1, -1)
        for n in order:
            row, column = cells[n].tolist()
            y[row, column] = torch.cat([y.new_ones(1), numbers[n], classes[n]])
        return y

    return target


def _codes(cells: Tensor, shares: Tensor, grid: int) -> Tensor:
    within = _centres(shares) * grid - cells.flip(1)
    return torch.cat([within, shares[:, 2:] - shares[:, :2]], dim=1)


def _of_the_image(cells: Tensor, shares: Tensor, grid: int) -> Tensor:
    return torch.cat([_centres(shares), _codes(cells, shares, grid)[:, 2:]], dim=1)


def _from_the_middle(cells: Tensor, shares: Tensor, grid: int) -> Tensor:
    return _codes(cells, shares, grid) - torch.tensor([0.5, 0.5, 0, 0])


def _in_cell_sizes(cells: Tensor, shares: Tensor, grid: int) -> Tensor:
    return _codes(cells, shares, grid) * torch.tensor([1, 1, grid, grid])


def _with_roots(cells: Tensor, shares: Tensor, grid: int) -> Tensor:
    codes = _codes(cells, shares, grid)
    return torch.cat([codes[:, :2], codes[:, 2:].sqrt()], dim=1)


def _second_class(**case) -> Tensor:
    """Mark the classes of all objects of a cell."""
    y = _target(**case)
    cells = _cell_of(case["boxes"], case["size"], case["grid"])
    for (row, column), label in zip(
        cells.tolist(), case["labels"].tolist(), strict=True
    ):
        y[row, column, 5 + label] = 1
    return y


def _draw_objects(draw: Draw) -> Case:
    boxes, size, grid = _draw_image(draw)
    # a smaller object with the first one's centre, to share its cell, and of another class
    middle = _centres(boxes[:1]).repeat(1, 2)
    boxes = torch.cat([boxes, middle + (boxes[:1] - middle) / 2])
    num_classes = draw.integer(2, 4)
    labels = torch.randint(num_classes, (len(boxes),), generator=draw.source)
    labels[-1] = (labels[0] + 1) % num_classes
    return Case(
        {
            "boxes": boxes,
            "labels": labels,
            "size": size,
            "grid": grid,
            "num_classes": num_classes,
        }
    )


target_v1 = Check(
    task="target_v1",
    draw=_draw_objects,
    reference=_target,
    mistakes=(
        Mistake(
            "x and y are seen from the image",
            "They are seen from the upper left corner of the cell, in parts of a cell.",
            _written(_of_the_image),
        ),
        Mistake(
            "x and y are seen from the middle of the cell",
            "They are seen from its upper left corner, so that both lie between 0 and 1.",
            _written(_from_the_middle),
        ),
        Mistake(
            "width and height are measured in cells",
            "They are parts of the image: an object may be larger than its cell.",
            _written(_in_cell_sizes),
        ),
        Mistake(
            "width and height are roots",
            "The target holds them as they are; the loss takes the roots.",
            _written(_with_roots),
        ),
        Mistake(
            "row and column are swapped in the grid",
            "The first axis of the target is the row, counted along y.",
            lambda **case: _target(**case).transpose(0, 1),
        ),
        Mistake(
            "a later object takes the cell of an earlier one",
            "A cell keeps the first object in the list; look whether its place is taken.",
            _written(_codes, last=True),
        ),
        Mistake(
            "a cell has the classes of two objects",
            "The second object is left out with everything it has, its class too.",
            _second_class,
        ),
        Mistake(
            "the class is not marked",
            "Of the last num_classes numbers of the cell, the one of the label is 1.",
            lambda **case: torch.cat(
                [_target(**case)[..., :5], 0 * _target(**case)[..., 5:]], dim=-1
            ),
        ),
    ),
    builds_on=(cell_of,),
)
