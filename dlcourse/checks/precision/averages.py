"""Averages: checks of coco_average_precision and mean_average_precision."""

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.detection import precision as reference

from .levels import average_precision, interpolated
from .listing import draw_overlaps, match, match_detections, precision_recall

__all__ = ["coco_average_precision", "mean_average_precision"]

TEN = reference.COCO_THRESHOLDS


# coco_average_precision


def _area(hits: Tensor, truths: int) -> Tensor:
    curve = reference.precision_recall(hits, truths)
    return reference.average_precision(*curve)


def _over(thresholds: tuple[float, ...], overlaps: Tensor) -> Tensor:
    truths = overlaps.shape[1]
    areas = [_area(found >= 0, truths) for found in match(overlaps, thresholds)]
    return torch.stack(areas).mean()


def _matched_once(overlaps: Tensor) -> Tensor:
    """Match at 0.5, and ask of these pairs who passes the others."""
    (found,) = match(overlaps, TEN[:1])
    own = overlaps.gather(1, found.clamp(min=0)[:, None])[:, 0]
    own = torch.where(found >= 0, own, 0.0)
    areas = [_area(own >= level, overlaps.shape[1]) for level in TEN]
    return torch.stack(areas).mean()


coco_average_precision = Check(
    task="coco_average_precision",
    draw=lambda draw: Case({"overlaps": draw_overlaps(draw)}),
    reference=lambda overlaps: _over(TEN, overlaps),
    mistakes=(
        Mistake(
            "the threshold 0.95 is left out",
            "0.5, 0.55, ..., 0.95 are ten thresholds; torch.arange stops before its end.",
            lambda overlaps: _over(TEN[:-1], overlaps),
        ),
        Mistake(
            "only the threshold 0.5 is used",
            "Match anew at each of the ten thresholds, and take the mean.",
            lambda overlaps: _over(TEN[:1], overlaps),
        ),
        Mistake(
            "the mean is taken of the thresholds, and not of the average precisions",
            "Match anew at each of the ten thresholds, and take the mean of what comes out.",
            lambda overlaps: _over((sum(TEN) / len(TEN),), overlaps),
        ),
        Mistake(
            "the detections are matched once, at 0.5",
            "At a stricter threshold a detection that is out no longer takes a truth from another.",
            _matched_once,
        ),
        Mistake(
            "1 is one of the thresholds",
            "They end at 0.95.",
            lambda overlaps: _over((*TEN, 1.0), overlaps),
        ),
    ),
    builds_on=(match_detections, precision_recall, interpolated, average_precision),
    cases=12,
)


# mean_average_precision


def _areas(
    scores: Tensor, labels: Tensor, hits: Tensor, truths: Tensor
) -> dict[int, Tensor]:
    """Give each class that has truths its average precision."""
    order = scores.argsort(descending=True)
    labels, hits = labels[order], hits[order] > 0
    return {
        label: _area(hits[labels == label], count)
        for label, count in enumerate(truths.tolist())
        if count
    }


def _mean(scores: Tensor, labels: Tensor, hits: Tensor, truths: Tensor) -> Tensor:
    return torch.stack(list(_areas(scores, labels, hits, truths).values())).mean()


def _pooled(scores: Tensor, labels: Tensor, hits: Tensor, truths: Tensor) -> Tensor:
    order = scores.argsort(descending=True)
    return _area(hits[order] > 0, int(truths.sum()))


def _by_size(scores: Tensor, labels: Tensor, hits: Tensor, truths: Tensor) -> Tensor:
    areas = _areas(scores, labels, hits, truths)
    weighted = sum(area * truths[label] for label, area in areas.items())
    return weighted / truths.sum()


def _seen_only(scores: Tensor, labels: Tensor, hits: Tensor, truths: Tensor) -> Tensor:
    areas = _areas(scores, labels, hits, truths)
    seen = set(labels.tolist())
    return torch.stack([area for label, area in areas.items() if label in seen]).mean()


def _draw_classes(draw: Draw) -> Case:
    """Draw a list of five classes: one is never reported, one has no truths."""
    count = 12 + draw.side(4)
    labels = torch.randint(0, 4, (count,), generator=draw.source)
    labels[:4] = torch.arange(4)
    hits = (draw.tensor(count) > 0).double()
    hits[0], hits[labels == 3] = 1.0, 0.0
    found = [int(hits[labels == label].sum()) for label in range(5)]
    truths = torch.tensor([n + draw.integer(1, 4) for n in found])
    truths[3] = 0
    names = torch.randperm(5, generator=draw.source)  # any of them is the odd one
    moved = torch.zeros_like(truths)
    moved[names] = truths
    scores = 0.5 + 0.45 * draw.tensor(count).tanh()
    return Case(
        {"scores": scores, "labels": names[labels], "hits": hits, "truths": moved}
    )


mean_average_precision = Check(
    task="mean_average_precision",
    draw=_draw_classes,
    reference=_mean,
    mistakes=(
        Mistake(
            "the classes are pooled into one list",
            "Each class has a list, a curve and an average precision of its own.",
            _pooled,
        ),
        Mistake(
            "a class without truths counts as 0",
            "There is nothing to find in it; leave it out of the mean.",
            lambda scores, labels, hits, truths: (
                sum(_areas(scores, labels, hits, truths).values()) / len(truths)
            ),
        ),
        Mistake(
            "a class that was never reported is left out",
            "Its truths are missed: its average precision is 0, and counts.",
            _seen_only,
        ),
        Mistake(
            "a class counts by the number of its truths",
            "Each class has the same weight in the mean.",
            _by_size,
        ),
        Mistake(
            "the scores are not sorted",
            "Each class's list goes from the surest detection to the least sure.",
            lambda scores, labels, hits, truths: _mean(
                torch.arange(len(hits), 0, -1), labels, hits, truths
            ),
        ),
    ),
    builds_on=(precision_recall, interpolated, average_precision),
)
