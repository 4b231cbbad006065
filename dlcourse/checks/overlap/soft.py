"""Soft: checks of soft_areas and soft_dice_loss."""

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.segmentation import overlap as reference

__all__ = ["soft_areas", "soft_dice_loss"]


def _draw(draw: Draw) -> Case:
    """Draw scores and maps of odd sizes; the last class is nowhere."""
    b, k = draw.integer(2, 3), draw.integer(3, 5)
    h, w = 1 + draw.side(), 2 + draw.side()
    target = torch.randint(0, k - 1, (b, h, w), generator=draw.source)
    return Case({"scores": 2 * draw.tensor(b, k, h, w), "target": target})


def _there(scores: Tensor, target: Tensor) -> Tensor:
    return one_hot(target, scores.shape[1]).movedim(-1, 1).to(scores.dtype)


def _areas(scores: Tensor, target: Tensor, given: Tensor | None = None) -> tuple:
    """Add up over pictures and pixels; the softmax over classes, if nothing else is given."""
    p = scores.softmax(dim=1) if given is None else given
    t = _there(scores, target)
    return (p * t).sum((0, 2, 3)), p.sum((0, 2, 3)), t.sum((0, 2, 3))


def _squares(scores: Tensor, target: Tensor) -> tuple:
    shared, _, has = _areas(scores, target)
    return shared, scores.softmax(dim=1).square().sum((0, 2, 3)), has


def _by_picture(scores: Tensor, target: Tensor) -> tuple:
    p, t = scores.softmax(dim=1), _there(scores, target)
    return (p * t).sum((2, 3)), p.sum((2, 3)), t.sum((2, 3))


def _likeliest(scores: Tensor) -> Tensor:
    return _there(scores, scores.argmax(dim=1))


soft_areas = Check(
    task="soft_areas",
    draw=_draw,
    reference=_areas,
    mistakes=(
        Mistake(
            "the softmax is taken over the pixels",
            "At each pixel the classes compete, and not the pixels for a class: dim=1.",
            lambda scores, target: _areas(
                scores, target, scores.flatten(2).softmax(-1).view_as(scores)
            ),
        ),
        Mistake(
            "the softmax is taken over the pictures",
            "Axis 0 numbers the pictures. The classes compete: dim=1.",
            lambda scores, target: _areas(scores, target, scores.softmax(dim=0)),
        ),
        Mistake(
            "each score becomes a probability by itself, by a sigmoid",
            "The classes exclude each other: their probabilities add up to 1 at each pixel.",
            lambda scores, target: _areas(scores, target, scores.sigmoid()),
        ),
        Mistake(
            "scores are added up, and not probabilities",
            "A score has no bounds; turn the scores of each pixel into probabilities first.",
            lambda scores, target: _areas(scores, target, scores),
        ),
        Mistake(
            "the likeliest class is counted",
            "Counting has no slope. Add up the probabilities themselves.",
            lambda scores, target: _areas(scores, target, _likeliest(scores)),
        ),
        Mistake(
            "the probabilities given are squared",
            "The squares belong to another form of the loss; add up p itself.",
            _squares,
        ),
        Mistake(
            "each picture is added up by itself",
            "Add up over the pictures, too: one number a class.",
            _by_picture,
        ),
    ),
)


# soft_dice_loss


def _with_smooth(draw: Draw) -> Case:
    arguments = _draw(draw).arguments
    return Case(arguments | {"smooth": (0.5, 1.0, 2.0)[draw.integer(0, 2)]})


def _loss(above: Tensor, below: Tensor) -> Tensor:
    return 1 - (above / below).mean()


def _dice_loss(scores: Tensor, target: Tensor, smooth: float) -> Tensor:
    return reference.soft_dice_loss(scores, target, smooth=smooth)


def _mixed(scores: Tensor, target: Tensor, smooth: float) -> Tensor:
    return reference.soft_dice_loss(scores, target, smooth=smooth, squared=True)


def _squared_sums(scores: Tensor, target: Tensor, smooth: float) -> Tensor:
    shared, given, has = _areas(scores, target)
    return _loss(2 * shared + smooth, given**2 + has**2 + smooth)


def _single(scores: Tensor, target: Tensor, smooth: float) -> Tensor:
    shared, given, has = _areas(scores, target)
    return _loss(shared + smooth, given + has + smooth)


def _below_only(scores: Tensor, target: Tensor, smooth: float) -> Tensor:
    shared, given, has = _areas(scores, target)
    return _loss(2 * shared, given + has + smooth)


def _added(scores: Tensor, target: Tensor, smooth: float) -> Tensor:
    shared, given, has = _areas(scores, target)
    return (1 - (2 * shared + smooth) / (given + has + smooth)).sum()


def _pooled(scores: Tensor, target: Tensor, smooth: float) -> Tensor:
    shared, given, has = (area.sum() for area in _areas(scores, target))
    return _loss(2 * shared + smooth, given + has + smooth)


def _there_only(scores: Tensor, target: Tensor, smooth: float) -> Tensor:
    shared, given, has = _areas(scores, target)
    ratio = (2 * shared + smooth) / (given + has + smooth)
    return 1 - ratio[has > 0].mean()


def _picture_by_picture(scores: Tensor, target: Tensor, smooth: float) -> Tensor:
    shared, given, has = _by_picture(scores, target)
    return _loss(2 * shared + smooth, given + has + smooth)


soft_dice_loss = Check(
    task="soft_dice_loss",
    draw=_with_smooth,
    reference=_dice_loss,
    mistakes=(
        Mistake(
            "it is Dice and not its loss",
            "A loss falls as the answer gets better: take it from 1.",
            lambda scores, target, smooth: 1 - _dice_loss(scores, target, smooth),
        ),
        Mistake(
            "two forms are mixed, with squares of the probabilities below",
            "Here the sum below is of probabilities, not of their squares.",
            _mixed,
        ),
        Mistake(
            "the areas are squared after they were added up",
            "Nothing is squared here, and where it is, each probability is, before the sum.",
            _squared_sums,
        ),
        Mistake(
            "the intersection is counted once above",
            "It counts twice, as in Dice: a perfect answer has loss 0.",
            _single,
        ),
        Mistake(
            "the smoothing is added below only",
            "It is added above, too, so that a class that is nowhere and not claimed has loss 0.",
            _below_only,
        ),
        Mistake(
            "the classes are added up, and not averaged",
            "The loss of a class is at most 1, and so is their mean.",
            _added,
        ),
        Mistake(
            "the areas of all classes are added up before the division",
            "Each class has a ratio of its own; that is why a rare one counts.",
            _pooled,
        ),
        Mistake(
            "classes that are not there are left out",
            "Here every class counts: claims of one that is not there cost something.",
            _there_only,
        ),
        Mistake(
            "each picture has a loss of its own",
            "Add up the areas over all pictures first, then divide.",
            _picture_by_picture,
        ),
    ),
    builds_on=(soft_areas,),
    gradients=("scores",),
)
