"""Decoding: checks of decode_v1 and decode_offsets, boxes from what a network gives."""

from collections.abc import Callable

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.detection.boxes import box_convert
from dlcourse.detection.yolo import Lattice, decode_cells
from dlcourse.detection.yolo import decode_offsets as decoded

__all__ = ["decode_offsets", "decode_v1"]

Size = tuple[int, int]
Answer = tuple[Tensor, Tensor]


def _corners(boxes: Tensor) -> Tensor:
    """Turn centres and sizes into corners."""
    return torch.cat(
        [boxes[:, :2] - boxes[:, 2:] / 2, boxes[:, :2] + boxes[:, 2:] / 2], dim=1
    )


# decode_v1


def _decode(output: Tensor, size: Size) -> Answer:
    boxes, scores = decode_cells(output[None], size)
    return boxes[0], scores[0]


def _decoded(
    rule: Callable[[Tensor, Tensor, int], Tensor],
) -> Callable[[Tensor, Size], Answer]:
    """Decode by a rule that finds centre and size, in shares, from (numbers, cells, grid)."""

    def decode(output: Tensor, size: Size) -> Answer:
        grid = len(output)
        numbers = output[..., :10].reshape(-1, 5)
        line = torch.arange(grid)
        cells = torch.cartesian_prod(line, line).flip(1)  # column, row
        shares = rule(numbers, cells.repeat_interleave(2, dim=0), grid)
        sides = torch.tensor([size[1], size[0]] * 2)
        return _corners(shares * sides), _decode(output, size)[1]

    return decode


def _rows_first(numbers: Tensor, cells: Tensor, grid: int) -> Tensor:
    centres = (numbers[:, :2] + cells.flip(1)) / grid
    return torch.cat([centres, numbers[:, 2:4].square()], dim=1)


def _without_cells(numbers: Tensor, cells: Tensor, grid: int) -> Tensor:
    return torch.cat([numbers[:, :2], numbers[:, 2:4].square()], dim=1)


def _whole_image(numbers: Tensor, cells: Tensor, grid: int) -> Tensor:
    centres = numbers[:, :2] + cells / grid
    return torch.cat([centres, numbers[:, 2:4].square()], dim=1)


def _unsquared(numbers: Tensor, cells: Tensor, grid: int) -> Tensor:
    return torch.cat([(numbers[:, :2] + cells) / grid, numbers[:, 2:4]], dim=1)


def _without_confidence(output: Tensor, size: Size) -> Answer:
    classes = output[..., 10:].flatten(0, 1)
    return _decode(output, size)[0], classes.repeat_interleave(2, dim=0)


def _as_centres(output: Tensor, size: Size) -> Answer:
    boxes, scores = _decode(output, size)
    return box_convert(boxes, "xyxy", "cxcywh"), scores


def _draw_output(draw: Draw) -> Case:
    grid, k = draw.integer(2, 6 if draw.hard else 3), draw.integer(1, 4)
    height = 20 * draw.side()
    size = (height, height + 10 * draw.side())
    return Case({"output": draw.tensor(grid, grid, 10 + k).sigmoid(), "size": size})


decode_v1 = Check(
    task="decode_v1",
    draw=_draw_output,
    reference=_decode,
    mistakes=(
        Mistake(
            "row and column are swapped",
            "The column is added to x, the row to y.",
            _decoded(_rows_first),
        ),
        Mistake(
            "the cell is forgotten",
            "x and y are seen from the cell: add its column and row, divide by the grid.",
            _decoded(_without_cells),
        ),
        Mistake(
            "x and y are taken for parts of the image",
            "They are parts of a cell: add the column first, and divide the sum by the grid.",
            _decoded(_whole_image),
        ),
        Mistake(
            "width and height are not squared",
            "The network gives their roots.",
            _decoded(_unsquared),
        ),
        Mistake(
            "centres are returned, not corners",
            "A box is x1, y1, x2, y2: half of its size to both sides of the centre.",
            _as_centres,
        ),
        Mistake(
            "height and width of the image are swapped",
            "size says height, width; x and w are parts of the width.",
            lambda output, size: _decode(output, size[::-1]),
        ),
        Mistake(
            "the confidence is left out of the scores",
            "A score is the box's confidence times the cell's class number.",
            _without_confidence,
        ),
    ),
)


# decode_offsets


def _offsets(codes: Tensor, cells: Tensor, stride: int, priors: Tensor) -> Tensor:
    strides = torch.full((len(codes), 1), stride, dtype=codes.dtype)
    return decoded(codes, Lattice(cells, strides, priors))


def _by(
    centres: Callable[[Tensor, Tensor, int, Tensor], Tensor] | None = None,
    sizes: Callable[[Tensor, Tensor, int], Tensor] | None = None,
) -> Callable[..., Tensor]:
    """Decode with other centres or other sizes."""

    def decode(codes: Tensor, cells: Tensor, stride: int, priors: Tensor) -> Tensor:
        place, size = codes.split(2, dim=1)
        middle = (place.sigmoid() + cells) * stride
        extent = priors * size.exp()
        if centres:
            middle = centres(place, cells, stride, priors)
        if sizes:
            extent = sizes(size, priors, stride)
        return _corners(torch.cat([middle, extent], dim=1))

    return decode


def _draw_codes(draw: Draw) -> Case:
    count = draw.integer(2, 12 if draw.hard else 5)
    cells = torch.randint(1, 9, (count, 2), generator=draw.source).double()
    cells[0] = torch.tensor([2.0, 5.0])
    priors = 5 + 40 * draw.tensor(count, 2).sigmoid()
    stride = (8, 16, 32)[draw.integer(0, 2)]
    codes = draw.tensor(count, 4)
    return Case({"codes": codes, "cells": cells, "stride": stride, "priors": priors})


decode_offsets = Check(
    task="decode_offsets",
    draw=_draw_codes,
    reference=_offsets,
    mistakes=(
        Mistake(
            "the sigmoid is forgotten",
            "It keeps the centre in its cell, whatever the network gives.",
            _by(lambda place, cells, stride, priors: (place + cells) * stride),
        ),
        Mistake(
            "the cell is added inside the sigmoid",
            "The sigmoid is the place in the cell, from 0 to 1; the cell is added to it.",
            _by(
                lambda place, cells, stride, priors: (place + cells).sigmoid() * stride
            ),
        ),
        Mistake(
            "the place in the cell is not multiplied by the stride",
            "A cell is stride pixels long: multiply the sum of both.",
            _by(lambda place, cells, stride, priors: place.sigmoid() + cells * stride),
        ),
        Mistake(
            "the centre moves by parts of the prior",
            "That is how Faster R-CNN does it. Here the centre moves in its cell.",
            _by(
                lambda place, cells, stride, priors: (
                    (cells + 0.5) * stride + place * priors
                )
            ),
        ),
        Mistake(
            "column and row are swapped",
            "cells holds the column first, as codes holds x first.",
            _by(
                lambda place, cells, stride, priors: (
                    (place.sigmoid() + cells.flip(1)) * stride
                )
            ),
        ),
        Mistake(
            "the exponential is forgotten",
            "A size is the prior times exp(t): never negative, and the prior itself at t = 0.",
            _by(sizes=lambda size, priors, stride: priors * size),
        ),
        Mistake(
            "the size goes through a sigmoid",
            "Then no box could be larger than its prior. It is an exponential.",
            _by(sizes=lambda size, priors, stride: priors * size.sigmoid()),
        ),
        Mistake(
            "the prior is multiplied by the stride",
            "It is in pixels already.",
            _by(sizes=lambda size, priors, stride: priors * size.exp() * stride),
        ),
        Mistake(
            "centres are returned, not corners",
            "A box is x1, y1, x2, y2: half of its size to both sides of the centre.",
            lambda **case: box_convert(_offsets(**case), "xyxy", "cxcywh"),
        ),
    ),
)
