"""Masks: checks of dice, boundary and boundary_f."""

import torch
from torch import Tensor
from torch.nn.functional import max_pool2d, pad

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.segmentation import overlap as reference

__all__ = ["boundary", "boundary_f", "dice"]


# dice


def _draw_pairs(draw: Draw) -> Case:
    """Draw pairs of masks; the last are both empty, the one before has nothing claimed."""
    shape = (3 + draw.side(), 2 + draw.side(), 2 + draw.side())
    target, other = (draw.tensor(*shape) > 0 for _ in range(2))
    prediction = torch.where(draw.tensor(*shape) > -0.5, target, other)
    target[:, 0, 0], prediction[:, 0, :2] = (
        True,
        True,
    )  # both have some, and not the same
    target[:, 0, 1] = False
    target[-1], prediction[-2:] = False, False
    return Case({"prediction": prediction, "target": target})


def _sums(prediction: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Count what both share, and the sum of both areas, for each pair."""
    shared = (prediction & target).sum(dim=(1, 2)).double()
    return shared, (prediction.sum(dim=(1, 2)) + target.sum(dim=(1, 2))).double()


def _dice(prediction: Tensor, target: Tensor, empty: float = 1.0) -> Tensor:
    shared, areas = _sums(prediction, target)
    return (2 * shared / areas).nan_to_num(empty)


def _smoothed(prediction: Tensor, target: Tensor) -> Tensor:
    shared, areas = _sums(prediction, target)
    return (2 * shared + 1) / (areas + 1)


def _iou(prediction: Tensor, target: Tensor) -> Tensor:
    shared, areas = _sums(prediction, target)
    return (shared / (areas - shared)).nan_to_num(1)


def _halved(prediction: Tensor, target: Tensor) -> Tensor:
    shared, areas = _sums(prediction, target)
    return (shared / areas).nan_to_num(1)


def _together(prediction: Tensor, target: Tensor) -> Tensor:
    shared, areas = _sums(prediction, target)
    return 2 * shared.sum() / areas.sum()


dice = Check(
    task="dice",
    draw=_draw_pairs,
    reference=_dice,
    mistakes=(
        Mistake(
            "two empty masks score 0",
            "Nothing is there and nothing was claimed: they agree, which is 1.",
            lambda prediction, target: _dice(prediction, target, empty=0.0),
        ),
        Mistake(
            "a constant is added above and below for every pair",
            "It moves every score; only a pair of empty masks needs an answer of its own.",
            _smoothed,
        ),
        Mistake(
            "it is IoU",
            "Dice divides twice the intersection by the sum of both areas, not by their union.",
            _iou,
        ),
        Mistake(
            "the intersection is counted once above",
            "It is in both areas below, so it counts twice above: equal masks score 1.",
            _halved,
        ),
        Mistake(
            "all pairs are counted together",
            "Each pair of masks has a score of its own; sum over rows and columns only.",
            _together,
        ),
    ),
)


# boundary


def _draw_masks(draw: Draw) -> Case:
    """Draw thick masks that meet the border and have corners of both kinds."""
    shape = (2, 7 + draw.side(), 7 + draw.side())
    masks = torch.zeros(shape, dtype=torch.bool)
    masks[:, : 4 + draw.integer(0, 2), :5] = True
    masks[:, :2, : 6 + draw.integer(0, 1)] = True
    return Case({"masks": masks.flip(draw.integer(1, 2))})


def _grown(masks: Tensor, kernel: tuple[int, int]) -> Tensor:
    padding = (kernel[0] // 2, kernel[1] // 2)
    return max_pool2d(masks.double(), kernel, stride=1, padding=padding) > 0


def _around(masks: Tensor) -> Tensor:
    """Grow by the four neighbours."""
    return _grown(masks, (3, 1)) | _grown(masks, (1, 3))


def _with_border(masks: Tensor) -> Tensor:
    framed = pad(masks, (1, 1, 1, 1))
    return reference.boundary(framed)[:, 1:-1, 1:-1]


boundary = Check(
    task="boundary",
    draw=_draw_masks,
    reference=lambda masks: reference.boundary(masks),
    mistakes=(
        Mistake(
            "the border of the picture counts as outside",
            "Nobody knows what lies beyond; pad with True, so that it never makes an outline.",
            _with_border,
        ),
        Mistake(
            "the outline lies outside the mask",
            "Keep pixels of the mask with a neighbour outside, not the other way round.",
            lambda masks: _around(masks) & ~masks,
        ),
        Mistake(
            "pixels that meet the outside only at a corner count",
            "There are four neighbours: above, below, left and right.",
            lambda masks: masks & _grown(~masks, (3, 3)),
        ),
        Mistake(
            "both sides of the edge count",
            "An outline is one pixel wide: the pixels inside.",
            lambda masks: (_around(masks) & ~masks) | (masks & _around(~masks)),
        ),
        Mistake(
            "only neighbours in the same row are asked",
            "There are four neighbours: above, below, left and right.",
            lambda masks: masks & _grown(~masks, (1, 3)),
        ),
    ),
)


# boundary_f


def _draw_outlines(draw: Draw) -> Case:
    """Draw a rectangle and another, shifted and swollen, so that some edges are near."""
    size = 16 + draw.side()
    masks = torch.zeros(2, size, size, dtype=torch.bool)
    masks[0, 3:10, 3 : 11 + draw.integer(0, 1)] = True
    masks[1, 3 : 13 + draw.integer(0, 1), 5:13] = True
    masks[1, 10, 5:8] = True
    return Case(
        {
            "prediction": masks[0],
            "target": masks[1],
            "tolerance": (2, 3)[draw.integer(0, 1)],
        }
    )


def _by(prediction: Tensor, target: Tensor, near: float, power: float = 2.0) -> tuple:
    """Give precision and recall with another idea of near."""
    seen, true = (
        reference.boundary(mask[None])[0].nonzero().double()
        for mask in (prediction, target)
    )
    close = torch.cdist(seen, true, p=power) <= near
    return close.any(dim=1).double().mean(), close.any(dim=0).double().mean()


def _f(precision: Tensor, recall: Tensor) -> Tensor:
    return 2 * precision * recall / (precision + recall)


def _of_areas(prediction: Tensor, target: Tensor, tolerance: int) -> Tensor:
    close = (
        torch.cdist(prediction.nonzero().double(), target.nonzero().double())
        <= tolerance
    )
    return _f(close.any(dim=1).double().mean(), close.any(dim=0).double().mean())


boundary_f = Check(
    task="boundary_f",
    draw=_draw_outlines,
    reference=lambda prediction, target, tolerance: reference.boundary_f(
        prediction[None], target[None], float(tolerance)
    )[0],
    mistakes=(
        Mistake(
            "precision and recall are averaged",
            "F is their harmonic mean: 2 P R / (P + R).",
            lambda prediction, target, tolerance: (
                sum(_by(prediction, target, tolerance)) / 2
            ),
        ),
        Mistake(
            "it is the precision alone",
            "Also ask how much of the true outline has some of the predicted one near it.",
            lambda prediction, target, tolerance: _by(prediction, target, tolerance)[0],
        ),
        Mistake(
            "it is the recall alone",
            "Also ask how much of the predicted outline has some of the true one near it.",
            lambda prediction, target, tolerance: _by(prediction, target, tolerance)[1],
        ),
        Mistake(
            "the masks are compared, and not their outlines",
            "Take the boundary of both first; the inside of a thing is easy.",
            _of_areas,
        ),
        Mistake(
            "a distance that equals the tolerance is too far",
            "Up to the tolerance, itself included.",
            lambda prediction, target, tolerance: _f(
                *_by(prediction, target, tolerance - 1e-6)
            ),
        ),
        Mistake(
            "rows and columns are counted instead of a distance",
            "Near is round: the root of the squared differences of row and column.",
            lambda prediction, target, tolerance: _f(
                *_by(prediction, target, tolerance, 1.0)
            ),
        ),
    ),
    builds_on=(boundary,),
)
