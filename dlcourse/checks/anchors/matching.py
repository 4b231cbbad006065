"""Matching: checks of match and match_best."""

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.detection import anchors as reference

__all__ = ["match", "match_best"]


def _draw_table(draw: Draw, high: float, low: float) -> Tensor:
    """Draw IoUs without ties; the last object fits no anchor, and three columns are special.

    One column meets each threshold exactly and one lies between the two. In the first column the
    second object has its best anchor, which fits the first object better still.
    """
    truths, anchors = draw.integer(3, 4), 9 + draw.side()
    # Distinct multiples of 1/1000, none of which is a threshold.
    drawn = torch.randperm(450, generator=draw.source)[: truths * anchors]
    table = (2 * drawn + 1).double().view(truths, anchors) / 1000
    table[-1] = table[-1] * low / 10
    for column, largest in ((1, high), (2, low), (3, (high + low) / 2)):
        table[:, column] *= low / 2
        table[0, column] = largest
    table[:, 0] *= low / 2
    table[0, 0], table[1, 0], table[0, 4] = 0.95, 0.92, 0.97
    # The best anchor of the last object is nobody else's.
    table[:, 5] *= low / 20
    table[-1, 5] = 0.8 * low
    return table[:, torch.randperm(anchors, generator=draw.source)]


# match


def _draw_band(draw: Draw) -> Case:
    high, low = ((0.7, 0.3), (0.5, 0.4), (0.6, 0.3))[draw.integer(0, 2)]
    return Case({"iou": _draw_table(draw, high, low), "high": high, "low": low})


def _matched(iou: Tensor, high: float, low: float) -> Tensor:
    return reference.match(iou, high, low, allow_low_quality=True)


def _strict(iou: Tensor, high: float, low: float) -> Tensor:
    """Raise both thresholds a little, so that they are not met by equality."""
    return _matched(iou, high + 1e-9, low + 1e-9)


def _best_alone(iou: Tensor, high: float, low: float) -> Tensor:
    answer = reference.match(iou, 1.0, low)
    best = iou.argmax(dim=1)
    answer[best] = iou.argmax(dim=0)[best]
    return answer


def _swapped(iou: Tensor, high: float, low: float) -> Tensor:
    answer = _matched(iou, high, low)
    return torch.where(answer < 0, -3 - answer, answer)


match = Check(
    task="match",
    draw=_draw_band,
    reference=_matched,
    mistakes=(
        Mistake(
            "anchors are matched by the threshold alone",
            "An object that no anchor overlaps by high is left without one. Its best anchor has to "
            "stand for it.",
            lambda iou, high, low: reference.match(iou, high, low),
        ),
        Mistake(
            "the band between the thresholds is background",
            "An anchor that overlaps an object by more than low and less than high is -2.",
            lambda iou, high, low: _matched(iou, high, high),
        ),
        Mistake(
            "anchors below the low threshold are ignored",
            "What overlaps nothing has to learn that it is background, -1.",
            lambda iou, high, low: _matched(iou, high, 0.0),
        ),
        Mistake(
            "background and ignored are swapped",
            "Background is -1, ignored is -2.",
            _swapped,
        ),
        Mistake(
            "a threshold is not met by equality",
            "An IoU of just high stands for its object, and one of just low is ignored.",
            _strict,
        ),
        Mistake(
            "only the best anchor of each object is taken",
            "Every anchor that overlaps an object by high or more stands for it.",
            _best_alone,
        ),
    ),
)


# match_best


def _draw_threshold(draw: Draw) -> Case:
    threshold = (0.5, 0.6, 0.4)[draw.integer(0, 2)]
    return Case({"iou": _draw_table(draw, threshold, 0.3), "threshold": threshold})


def _plain(iou: Tensor, threshold: float) -> Tensor:
    return reference.match(iou, threshold, threshold)


def _only_best(iou: Tensor, threshold: float) -> Tensor:
    return reference.match_best(iou, 1.0)


def _overruled(iou: Tensor, threshold: float) -> Tensor:
    by_threshold = _plain(iou, threshold)
    return torch.where(by_threshold >= 0, by_threshold, _only_best(iou, threshold))


def _marks(iou: Tensor, threshold: float) -> Tensor:
    return (reference.match_best(iou, threshold) >= 0).long()


match_best = Check(
    task="match_best",
    draw=_draw_threshold,
    reference=reference.match_best,
    mistakes=(
        Mistake(
            "anchors are matched by the threshold alone",
            "An object that no anchor overlaps that well is left without one. Give it its best.",
            _plain,
        ),
        Mistake(
            "only the best anchor of each object is taken",
            "Other anchors that overlap an object by the threshold stand for it as well.",
            _only_best,
        ),
        Mistake(
            "the threshold overrules the best anchors",
            "An object's best anchor stands for it even if it fits another object better; so this "
            "step comes last.",
            _overruled,
        ),
        Mistake(
            "objects are counted from 1",
            "The first object is 0, and background is -1.",
            lambda iou, threshold: reference.match_best(iou, threshold) + 1,
        ),
        Mistake(
            "it says whether an anchor has an object, and not which",
            "Return the index of the object, so that its box and label can be looked up.",
            _marks,
        ),
    ),
)
