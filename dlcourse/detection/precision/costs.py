"""Costs: how much average precision each kind of error takes away.

Counting errors does not weigh them: a sure mistake near the top of the list costs more than a
hundred unsure ones at its end. So mend all errors of one kind, leave the others as they are, and
see how far average precision rises.

Axes:   n detections by falling score
Paper:  Bolya, Foley, Hays & Hoffman 2020, "TIDE: a general toolbox for identifying object detection
        errors"
Torch:  none
"""

import math
from collections import Counter
from typing import NamedTuple

import torch

from .curve import average_precision, precision_recall
from .errors import ERRORS, Judged, judge
from .scenes import Scenes, refuse_scenes

__all__ = ["Breakdown", "error_breakdown"]


class Breakdown(NamedTuple):
    """The errors of a detector by their kind."""

    counts: dict[str, int]
    costs: dict[str, float]
    """What mending all of a kind would add to the mean average precision."""
    judged: list[Judged]
    """Of each image."""


class _Entry(NamedTuple):
    """A detection that counts."""

    score: float
    label: int
    kind: str
    truth: tuple[int, int]
    """Image and place of what it found or erred on."""
    meant: int
    """The class of that."""


def error_breakdown(
    predictions: Scenes,
    targets: Scenes,
    iou_threshold: float = 0.5,
    background: float = 0.1,
    points: int | None = None,
) -> Breakdown:
    """Count the errors of each kind, and what mending them would add to mAP.

    Mending gives the surest detection with a wrong class or a bad box the right one, if its truth
    has not been found, and drops the rest of its kind. False detections of other kinds are dropped.
    Missed truths are no longer looked for; where that leaves none at all, the cost is nan.

    Args:
        predictions: one dictionary an image, with boxes, labels and scores.
        targets: one an image, with boxes and labels.
        iou_threshold: the overlap from which on a truth counts as found.
        background: the overlap below which a detection has nothing to do with a truth.
        points: levels of recall, as in :func:`average_precision`.

    Raises:
        ValueError: if there is not one prediction for each target, one of them is malformed, or
            not 0 < background < iou_threshold.

    >>> target = {"boxes": torch.tensor([[0.0, 0.0, 4.0, 4.0]]), "labels": torch.tensor([0])}
    >>> seen = {**target, "labels": torch.tensor([1]), "scores": torch.tensor([0.9])}
    >>> errors = error_breakdown([seen], [target])
    >>> errors.counts["class"], errors.costs["class"]
    (1, 1.0)
    """
    refuse_scenes(predictions, targets)
    if not 0 < background < iou_threshold:
        raise ValueError(
            f"background ({background}) must lie between 0 and iou_threshold ({iou_threshold})"
        )
    judged = [
        judge(*pair, iou_threshold, background)
        for pair in zip(predictions, targets, strict=True)
    ]
    entries = _entries(predictions, targets, judged)
    truths, missed = _truths(targets), _missed(targets, judged)
    counts = Counter(entry.kind for entry in entries)
    counts["missed"] = missed.total()
    before = _mean_precision(entries, truths, points)
    costs = {
        kind: _mean_precision(_mended(entries, kind), truths, points) - before
        for kind in ERRORS[:-1]
    }
    costs["missed"] = _mean_precision(entries, truths - missed, points) - before
    return Breakdown({kind: counts[kind] for kind in ERRORS}, costs, judged)


def _entries(
    predictions: Scenes, targets: Scenes, judged: list[Judged]
) -> list[_Entry]:
    """Write all detections that are not ignored into one list, the surest first."""
    entries = []
    for image, (seen, target, told) in enumerate(
        zip(predictions, targets, judged, strict=True)
    ):
        labels, meant = seen["labels"].tolist(), target["labels"].tolist()
        rows = seen["scores"].tolist(), labels, told.kinds, told.truth.tolist()
        for score, label, kind, truth in zip(*rows, strict=True):
            if kind != "ignored":
                right = meant[truth] if truth >= 0 else -1
                entries.append(_Entry(score, label, kind, (image, truth), right))
    return sorted(entries, key=lambda entry: -entry.score)


def _truths(targets: Scenes) -> Counter:
    """Count what there is to find, by class."""
    counts = Counter()
    for target in targets:
        labels = target["labels"].tolist()
        passed = torch.zeros(len(labels), dtype=torch.bool)
        for key in {"difficult", "iscrowd"} & set(target):
            passed |= target[key].cpu().bool()
        counts.update(
            n for n, out in zip(labels, passed.tolist(), strict=True) if not out
        )
    return counts


def _missed(targets: Scenes, judged: list[Judged]) -> Counter:
    """Count what was missed, by class."""
    return Counter(
        label
        for target, told in zip(targets, judged, strict=True)
        for label in target["labels"].cpu()[told.missed].tolist()
    )


def _mended(entries: list[_Entry], kind: str) -> list[_Entry]:
    """Put right what a detection of this kind can still find, and drop the others of the kind."""
    taken = {entry.truth for entry in entries if entry.kind == "right"}
    kept = []
    for entry in entries:
        if entry.kind != kind:
            kept.append(entry)
        elif kind in ("class", "localization") and entry.truth not in taken:
            taken.add(entry.truth)
            kept.append(entry._replace(kind="right", label=entry.meant))
    return kept


def _mean_precision(
    entries: list[_Entry], truths: Counter, points: int | None
) -> float:
    """Average the average precisions of the classes that have truths."""
    answers = []
    for label in (label for label, count in truths.items() if count):
        hits = [entry.kind == "right" for entry in entries if entry.label == label]
        hits = torch.tensor(hits, dtype=torch.bool)
        curve = precision_recall(hits, truths[label])
        answers.append(average_precision(*curve, points).item())
    return sum(answers) / len(answers) if answers else math.nan
