"""Errors: of what kind each mistake of a detector is.

One number says that a detector is worse, and not why. Each false detection is told by what it
overlaps: a thing of another class, a thing that it frames badly, both, nothing, or a thing that a
surer detection has found. What no detection came near is missed.

Axes:   n detections, m truths
Paper:  Hoiem, Chodpathumwan & Dai 2012, "Diagnosing error in object detectors"; Bolya, Foley, Hays
        & Hoffman 2020, "TIDE: a general toolbox for identifying object detection errors"
Torch:  none
"""

from typing import NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from .matching import match_detections
from .overlap import overlap
from .ranking import as_thresholds
from .scenes import Scene

__all__ = ["ERRORS", "Judged", "judge"]

ERRORS = ("class", "localization", "both", "duplicate", "background", "missed")
"""The kinds, as TIDE names them; the last is of truths, the others of detections."""


class Judged(NamedTuple):
    """What became of the detections and truths of one image."""

    kinds: list[str]
    """Of each detection: "right", "ignored", or the kind of its error."""
    truth: Int[Tensor, "n"]
    """The truth that a detection found, or erred on; -1 if none."""
    missed: Bool[Tensor, "m"]


def judge(
    prediction: Scene,
    target: Scene,
    iou_threshold: float = 0.5,
    background: float = 0.1,
) -> Judged:
    """Tell of each detection of an image whether it is right, and if not, what is wrong with it.

    With the largest overlap with things of its own class and of others, a false detection is

    - ``localization`` if its own class lies from ``background`` up to ``iou_threshold``,
    - ``class`` if another class lies at ``iou_threshold`` or above,
    - ``duplicate`` if its own class does, which a surer detection has found,
    - ``background`` if everything lies below ``background``,
    - ``both`` otherwise: another class lies between the two.

    A truth is missed if no detection found it, and none erred on it in class or localization alone.

    >>> truth = {"boxes": torch.tensor([[0.0, 0.0, 4.0, 4.0]]), "labels": torch.tensor([0])}
    >>> boxes = torch.tensor([[0.0, 0.0, 4.0, 4.0], [0.0, 0.0, 4.0, 1.0], [0.0, 0.0, 4.0, 3.0]])
    >>> seen = {"boxes": boxes, "labels": torch.tensor([1, 0, 0]),
    ...         "scores": torch.tensor([0.9, 0.8, 0.7])}
    >>> judge(seen, truth).kinds
    ['class', 'localization', 'right']
    """
    overlaps, same, ignored = _pairs(prediction, target)
    found = _found(prediction, overlaps, same, ignored, iou_threshold)
    if not overlaps.shape[1]:
        nothing = ["background"] * len(found)
        return Judged(nothing, found, torch.zeros(0, dtype=torch.bool))
    told = torch.where(ignored, -1.0, overlaps)
    own, own_truth = torch.where(same, told, -1.0).max(dim=1)
    other, other_truth = torch.where(same, -1.0, told).max(dim=1)
    kinds = [
        _kind(*values, iou_threshold, background)
        for values in zip(own.tolist(), other.tolist(), strict=True)
    ]
    for place in (found >= 0).nonzero()[:, 0].tolist():
        kinds[place] = "ignored" if ignored[found[place]] else "right"
    choices = {"class": other_truth, "localization": own_truth, "duplicate": own_truth}
    truth = [int(choices.get(kind, found)[n]) for n, kind in enumerate(kinds)]
    truth = torch.tensor(truth, dtype=torch.int64)
    near = [kind in ("right", "class", "localization") for kind in kinds]
    missed = ~ignored
    missed[truth[torch.tensor(near, dtype=torch.bool)]] = False
    return Judged(kinds, truth, missed)


def _kind(own: float, other: float, threshold: float, background: float) -> str:
    """Name the error of a detection that found nothing, in TIDE's order."""
    if background <= own < threshold:
        return "localization"
    if other >= threshold:
        return "class"
    if own >= threshold:
        return "duplicate"
    return "background" if max(own, other) < background else "both"


def _pairs(
    prediction: Scene, target: Scene
) -> tuple[Float[Tensor, "n m"], Bool[Tensor, "n m"], Bool[Tensor, "m"]]:
    """Overlaps, which pairs share a class, and which truths are ignored."""
    none = torch.zeros(len(target["labels"]))
    difficult, crowd = (
        target.get(key, none).cpu().bool() for key in ("difficult", "iscrowd")
    )
    boxes, truths = (s["boxes"].detach().cpu().double() for s in (prediction, target))
    same = prediction["labels"].cpu()[:, None] == target["labels"].cpu()
    return overlap(boxes, truths, crowd), same, difficult | crowd


def _found(
    prediction: Scene, overlaps: Tensor, same: Tensor, ignored: Tensor, threshold: float
) -> Int[Tensor, "n"]:
    """Match the detections of all classes at once, and give them back in their own order."""
    scores = prediction["scores"].detach().cpu()
    order = scores.argsort(descending=True, stable=True)
    ranked = torch.where(same, overlaps, -1.0)[order][None]
    levels, told = as_thresholds([threshold]), ignored[None]
    matched = match_detections(ranked, levels, told, told)[0, 0]
    return torch.empty_like(matched).scatter(0, order, matched)
