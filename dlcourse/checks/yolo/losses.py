"""Losses: checks of loss_v1, and of objectness, which says who is asked for what."""

from functools import partial

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from dlcourse.checks.judging import Case, Check, Draw, Mistake

__all__ = ["loss_v1", "objectness"]


# loss_v1


def _loss(
    output: Tensor,
    target: Tensor,
    overlaps: Tensor,
    *,
    coord: float = 5.0,
    noobj: float = 0.5,
    power: float = 0.5,
    squared: bool = False,
    owner: str = "best",
    confidence: float | None = None,
    classes_everywhere: bool = False,
    others: bool = True,
) -> Tensor:
    """Sum the paper's terms of one image; the keywords are what one may get wrong."""
    boxes, classes = output[..., :10].unflatten(-1, (2, 5)), output[..., 10:]
    held = target[..., 0] == 1
    owners = {
        "best": one_hot(overlaps.argmax(dim=-1), 2).bool(),
        "first": torch.tensor([True, False]).expand_as(overlaps),
        "both": torch.ones_like(overlaps, dtype=torch.bool),
    }[owner] & held[..., None]
    empty = ~owners if others else ~held[..., None].expand_as(owners)
    places = (boxes[..., :2] - target[..., None, 1:3]).square().sum(dim=-1)
    wanted = target[..., None, 3:5] ** power
    given = boxes[..., 2:4].square() if squared else boxes[..., 2:4]
    sizes = (given - wanted).square().sum(dim=-1)
    right = overlaps if confidence is None else confidence
    told = (classes - target[..., 5:]).square().sum(dim=-1)
    return (
        coord * ((places + sizes) * owners).sum()
        + ((boxes[..., 4] - right).square() * owners).sum()
        + noobj * (boxes[..., 4].square() * empty).sum()
        + (told if classes_everywhere else told * held).sum()
    )


def _reference(output: Tensor, target: Tensor, overlaps: Tensor) -> Tensor:
    return _loss(output, target, overlaps)


def _draw_grid(draw: Draw) -> Case:
    side, k = draw.integer(2, 6 if draw.hard else 3), draw.integer(2, 4)
    held = torch.rand(side, side, generator=draw.source).double() < 0.4
    held[0, -1] = True
    held[-1, 0] = False
    labels = torch.randint(k, (side, side), generator=draw.source)
    numbers = draw.tensor(side, side, 4).sigmoid()
    ones = held.double()[..., None]
    target = torch.cat([ones, numbers, one_hot(labels, k).double()], dim=-1) * ones
    output = draw.tensor(side, side, 10 + k).sigmoid()
    overlaps = draw.tensor(side, side, 2).sigmoid() * ones
    # in the cell that surely holds an object, the second box is the better one
    overlaps[0, -1] = overlaps[0, -1].sort().values
    return Case({"output": output, "target": target, "overlaps": overlaps})


loss_v1 = Check(
    task="loss_v1",
    draw=_draw_grid,
    reference=_reference,
    mistakes=(
        Mistake(
            "the object's width and height lack their roots",
            "The network gives roots; take the root of what the target holds before comparing.",
            partial(_loss, power=1.0),
        ),
        Mistake(
            "widths and heights are compared, and not their roots",
            "An error of the roots counts more for small objects, which is what they are for.",
            partial(_loss, power=1.0, squared=True),
        ),
        Mistake(
            "the weight of empty boxes is forgotten",
            "The confidences of boxes that are responsible for nothing count half.",
            partial(_loss, noobj=1.0),
        ),
        Mistake(
            "the weight of places and sizes is forgotten",
            "They count five times.",
            partial(_loss, coord=1.0),
        ),
        Mistake(
            "empty cells have a class term",
            "Only a cell with an object is asked for a class.",
            partial(_loss, classes_everywhere=True),
        ),
        Mistake(
            "both boxes of a cell are responsible",
            "The box with the larger overlap is; the other one counts as empty.",
            partial(_loss, owner="both"),
        ),
        Mistake(
            "the first box is always responsible",
            "The box with the larger overlap is, the second as often as the first.",
            partial(_loss, owner="first"),
        ),
        Mistake(
            "the confidence should be 1",
            "It should be the overlap of its own box with the object.",
            partial(_loss, confidence=1.0),
        ),
        Mistake(
            "the other box of a cell with an object is not asked for anything",
            "It is responsible for nothing, so its confidence should be 0.",
            partial(_loss, others=False),
        ),
        Mistake(
            "the mean is returned",
            "Sum over cells and boxes: an image with more objects has more to answer for.",
            lambda output, target, overlaps: (
                _loss(output, target, overlaps) / target[..., 0].numel()
            ),
        ),
    ),
)


# objectness


def _objectness(overlaps: Tensor, owner: Tensor, threshold: float) -> Tensor:
    wanted = -(overlaps > threshold).any(dim=1).long()
    wanted[owner] = 1
    return wanted


def _band_last(overlaps: Tensor, owner: Tensor, threshold: float) -> Tensor:
    wanted = _no_band(overlaps, owner, threshold)
    wanted[(overlaps > threshold).any(dim=1)] = -1
    return wanted


def _no_band(overlaps: Tensor, owner: Tensor, threshold: float) -> Tensor:
    wanted = torch.zeros(len(overlaps), dtype=torch.long)
    wanted[owner] = 1
    return wanted


def _all_good(overlaps: Tensor, owner: Tensor, threshold: float) -> Tensor:
    return _objectness(overlaps, owner, threshold).abs()


def _good_owners(overlaps: Tensor, owner: Tensor, threshold: float) -> Tensor:
    wanted = _objectness(overlaps, owner, threshold)
    wanted[owner] = (overlaps[owner] > threshold).any(dim=1).long()
    return wanted


def _every_object(overlaps: Tensor, owner: Tensor, threshold: float) -> Tensor:
    wanted = -(overlaps > threshold).all(dim=1).long()
    wanted[owner] = 1
    return wanted


def _swapped(overlaps: Tensor, owner: Tensor, threshold: float) -> Tensor:
    wanted = -1 - _objectness(overlaps, owner, threshold)
    wanted[owner] = 1
    return wanted


def _draw_overlaps(draw: Draw) -> Case:
    objects = draw.integer(2, 4)
    count = objects + 4 + draw.side()
    overlaps = draw.tensor(count, objects).sigmoid()
    owner = torch.randperm(count, generator=draw.source)[:objects]
    threshold = draw.integer(4, 6) / 10
    # one owner fits well and one badly; one other prediction fits one object alone
    overlaps[owner[0]], overlaps[owner[1]] = 0.9, 0.2
    other = next(n for n in range(count) if n not in owner.tolist())
    overlaps[other] = 0.1
    overlaps[other, 0] = 0.8
    return Case({"overlaps": overlaps, "owner": owner, "threshold": threshold})


objectness = Check(
    task="objectness",
    draw=_draw_overlaps,
    reference=_objectness,
    mistakes=(
        Mistake(
            "the band is forgotten",
            "A prediction that overlaps an object well has found it too: mark it -1, not 0.",
            _no_band,
        ),
        Mistake(
            "owners are ignored as well",
            "An owner is marked 1 however well it overlaps its object: mark owners last.",
            _band_last,
        ),
        Mistake(
            "every good overlap is an object",
            "An object has one owner. Others that fit are left in peace: -1.",
            _all_good,
        ),
        Mistake(
            "an owner has to overlap its object well",
            "It is the owner by its cell and prior. If its box is off, it has to learn.",
            _good_owners,
        ),
        Mistake(
            "a prediction is ignored only if it overlaps all objects",
            "One object that it overlaps well is enough.",
            _every_object,
        ),
        Mistake(
            "-1 and 0 are swapped",
            "0 asks for an objectness of 0; -1 asks for nothing.",
            _swapped,
        ),
    ),
)
