"""Coding: checks of encode and decode."""

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.detection import anchors as reference

__all__ = ["decode", "encode"]


def _draw_boxes(draw: Draw, count: int) -> Tensor:
    """Draw boxes of many shapes, their first corner some way from 0."""
    numbers = torch.rand(count, 4, generator=draw.source, dtype=torch.float64)
    sides = 4 + 40 * numbers[:, 2:]
    first = 10 + 80 * numbers[:, :2]
    return torch.cat([first, first + sides], dim=1)


def _sides(boxes: Tensor) -> Tensor:
    return boxes[:, 2:] - boxes[:, :2]


def _middle(boxes: Tensor) -> Tensor:
    return (boxes[:, 2:] + boxes[:, :2]) / 2


# encode


def _draw_pairs(draw: Draw) -> Case:
    count = draw.side(2)
    return Case(
        {"boxes": _draw_boxes(draw, count), "anchors": _draw_boxes(draw, count)}
    )


def _encoded(boxes: Tensor, anchors: Tensor) -> Tensor:
    return reference.encode_boxes(boxes, anchors)


def _with_shift(boxes: Tensor, anchors: Tensor, shift: Tensor) -> Tensor:
    return torch.cat([shift, _encoded(boxes, anchors)[:, 2:]], dim=1)


def _with_growth(boxes: Tensor, anchors: Tensor, growth: Tensor) -> Tensor:
    return torch.cat([_encoded(boxes, anchors)[:, :2], growth], dim=1)


encode = Check(
    task="encode",
    draw=_draw_pairs,
    reference=_encoded,
    mistakes=(
        Mistake(
            "the ratio in the logarithm is upside down",
            "A box larger than its anchor has a tw above 0.",
            lambda boxes, anchors: _with_growth(
                boxes, anchors, -_encoded(boxes, anchors)[:, 2:]
            ),
        ),
        Mistake(
            "the logarithm is missing",
            "A box as large as its anchor has tw = th = 0.",
            lambda boxes, anchors: _with_growth(
                boxes, anchors, _sides(boxes) / _sides(anchors)
            ),
        ),
        Mistake(
            "the shift is in pixels",
            "A shift counts in sides of the anchor, so that small and large boxes are alike.",
            lambda boxes, anchors: _with_shift(
                boxes, anchors, _middle(boxes) - _middle(anchors)
            ),
        ),
        Mistake(
            "the shift is divided by the sides of the box",
            "When the code is read again, only the anchor is known.",
            lambda boxes, anchors: _with_shift(
                boxes, anchors, (_middle(boxes) - _middle(anchors)) / _sides(boxes)
            ),
        ),
        Mistake(
            "the first corners are compared, not the centres",
            "tx and ty say how far the centre of the box lies from that of the anchor.",
            lambda boxes, anchors: _with_shift(
                boxes, anchors, (boxes - anchors)[:, :2] / _sides(anchors)
            ),
        ),
        Mistake(
            "the shift has the wrong sign",
            "A box to the right of its anchor has a tx above 0.",
            lambda boxes, anchors: _with_shift(
                boxes, anchors, -_encoded(boxes, anchors)[:, :2]
            ),
        ),
        Mistake(
            "tw and th are swapped",
            "The order is tx, ty, tw, th.",
            lambda boxes, anchors: _encoded(boxes, anchors)[:, [0, 1, 3, 2]],
        ),
    ),
)


# decode


def _draw_codes(draw: Draw) -> Case:
    anchors = _draw_boxes(draw, draw.side(2))
    return Case({"codes": 0.6 * draw.tensor(len(anchors), 4), "anchors": anchors})


def _decoded(codes: Tensor, anchors: Tensor) -> Tensor:
    return reference.decode_boxes(codes, anchors)


def _around(centre: Tensor, sides: Tensor) -> Tensor:
    return torch.cat([centre - sides / 2, centre + sides / 2], dim=1)


def _added(codes: Tensor, anchors: Tensor) -> Tensor:
    centre = _middle(_decoded(codes, anchors))
    return _around(centre, _sides(anchors) * (1 + codes[:, 2:]))


def _in_pixels(codes: Tensor, anchors: Tensor) -> Tensor:
    sides = _sides(_decoded(codes, anchors))
    return _around(_middle(anchors) + codes[:, :2], sides)


def _by_new_sides(codes: Tensor, anchors: Tensor) -> Tensor:
    sides = _sides(_decoded(codes, anchors))
    return _around(_middle(anchors) + codes[:, :2] * sides, sides)


def _from_corner(codes: Tensor, anchors: Tensor) -> Tensor:
    return _decoded(codes, anchors) - (_sides(anchors) / 2).repeat(1, 2)


def _as_centre(codes: Tensor, anchors: Tensor) -> Tensor:
    boxes = _decoded(codes, anchors)
    return torch.cat([_middle(boxes), _sides(boxes)], dim=1)


decode = Check(
    task="decode",
    draw=_draw_codes,
    reference=_decoded,
    mistakes=(
        Mistake(
            "the growth is added instead of raised",
            "tw is a logarithm; what undoes it?",
            _added,
        ),
        Mistake(
            "the shift is taken in pixels",
            "A shift counts in sides of the anchor.",
            _in_pixels,
        ),
        Mistake(
            "the shift is multiplied by the new sides",
            "encode divided by the sides of the anchor.",
            _by_new_sides,
        ),
        Mistake(
            "the shift starts at the anchor's first corner",
            "It starts at the anchor's centre.",
            _from_corner,
        ),
        Mistake(
            "the boxes are centres and sides",
            "Return corners: x1, y1, x2, y2.",
            _as_centre,
        ),
        Mistake(
            "the exponential has the wrong sign",
            "A tw above 0 makes the box larger than its anchor.",
            lambda codes, anchors: _around(
                _middle(_decoded(codes, anchors)),
                _sides(anchors) * torch.exp(-codes[:, 2:]),
            ),
        ),
    ),
)
