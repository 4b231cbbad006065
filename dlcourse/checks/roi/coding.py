"""Coding: check of encode_boxes, what the head that follows has to say."""

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.detection import anchors as reference

__all__ = ["encode_boxes"]


def _parts(boxes: Tensor) -> tuple[Tensor, Tensor]:
    """Centres and sides."""
    return (boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]


def _code(truth: Tensor, proposals: Tensor) -> Tensor:
    return reference.encode_boxes(truth, proposals)


def _by_corners(truth: Tensor, proposals: Tensor) -> Tensor:
    code, (_, sides) = _code(truth, proposals), _parts(proposals)
    return torch.cat([(truth[:, :2] - proposals[:, :2]) / sides, code[:, 2:]], dim=1)


def _by_own_sides(truth: Tensor, proposals: Tensor) -> Tensor:
    code, (_, own), (_, sides) = (
        _code(truth, proposals),
        _parts(truth),
        _parts(proposals),
    )
    return torch.cat([code[:, :2] * sides / own, code[:, 2:]], dim=1)


def _in_pixels(truth: Tensor, proposals: Tensor) -> Tensor:
    code, (_, sides) = _code(truth, proposals), _parts(proposals)
    return torch.cat([code[:, :2] * sides, code[:, 2:]], dim=1)


def _draw_boxes(draw: Draw) -> Case:
    count = draw.integer(2, 9 if draw.hard else 4)
    boxes = [draw.tensor(count, 4).abs().cumsum(dim=1) + 0.1 for _ in range(2)]
    return Case(
        {
            "truth": 8 * boxes[0],
            "proposals": 8 * boxes[1],
        }
    )


encode_boxes = Check(
    task="encode_boxes",
    draw=_draw_boxes,
    reference=_code,
    mistakes=(
        Mistake(
            "the ratio of the sides is upside down",
            "A truth that is larger than its proposal has a positive tw: log of truth / proposal.",
            lambda truth, proposals: (
                _code(truth, proposals) * torch.tensor([1, 1, -1, -1])
            ),
        ),
        Mistake(
            "the way goes from the truth to the proposal",
            "Added to the proposal's centre, tx times its width must give the truth's.",
            lambda truth, proposals: (
                _code(truth, proposals) * torch.tensor([-1, -1, 1, 1])
            ),
        ),
        Mistake(
            "upper left corners are compared, not centres",
            "The centre is the mean of the two corners.",
            _by_corners,
        ),
        Mistake(
            "the way is measured in the truth's own sides",
            "When the head answers, nobody knows the truth's sides: divide by the proposal's.",
            _by_own_sides,
        ),
        Mistake(
            "the way is left in pixels",
            "Divide it by the proposal's width and height, or large boxes drown small ones.",
            _in_pixels,
        ),
        Mistake(
            "the logarithm is forgotten",
            "tw and th are logarithms of ratios: 0 if the sides are equal.",
            lambda truth, proposals: torch.cat(
                [
                    _code(truth, proposals)[:, :2],
                    _code(truth, proposals)[:, 2:].exp(),
                ],
                dim=1,
            ),
        ),
    ),
    cases=6,
)
