"""Ranking: the detections of one class from all images in one list, the surest first.

What was found is settled image by image; how sure a detector is of it compares across images. So
the hits of a class are put into one list, and this list is all that its curve needs.

Axes:   n detections by falling score, t thresholds
Paper:  Everingham et al. 2010, "The PASCAL visual object classes (VOC) challenge"; Lin et al. 2014,
        "Microsoft COCO: common objects in context"
Torch:  none; pycocotools.cocoeval.COCOeval.evaluateImg
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from .matching import match_detections
from .scenes import Scenes, Side, refuse_scenes, side_by_side

__all__ = ["Ranking", "as_thresholds", "rank_class", "rank_side"]


class Ranking(NamedTuple):
    """The detections of one class from all images, the surest first."""

    scores: Float[Tensor, "n"]
    hits: Bool[Tensor, "t n"]
    ignored: Bool[Tensor, "t n"]
    truths: int
    """To be found; ignored ones are not among them."""


def rank_class(
    predictions: Scenes,
    targets: Scenes,
    label: int,
    iou_thresholds: Sequence[float] = (0.5,),
    *,
    max_detections: int = 100,
    area: tuple[float, float] = (0.0, math.inf),
    second_choice: bool = True,
) -> Ranking:
    """Match the detections of one class in every image, and put them into one list.

    Args:
        predictions: one dictionary an image, with boxes, labels and scores.
        targets: one an image, with boxes and labels; ``difficult`` and ``iscrowd`` truths, if
            marked, need not be found, and finding them counts as nothing.
        label: the class.
        iou_thresholds: overlaps from which on a truth counts as found.
        max_detections: how many of an image and class are looked at, the surest first.
        area: smallest and largest area in pixels; truths of another one are ignored, and so are
            detections of another one that found nothing.
        second_choice: whether who comes to a taken truth may have the next best.

    Raises:
        ValueError: if a threshold is not above 0 and at most 1, or the lists are malformed.

    >>> truth, label = torch.tensor([[0.0, 0.0, 4.0, 4.0]]), torch.tensor([0])
    >>> boxes = torch.tensor([[0.0, 0.0, 4.0, 4.0], [0.0, 0.0, 4.0, 3.0]])
    >>> scores = torch.tensor([0.6, 0.9])
    >>> seen = {"boxes": boxes, "labels": label.repeat(2), "scores": scores}
    >>> ranking = rank_class([seen], [{"boxes": truth, "labels": label}], 0)
    >>> ranking.hits.tolist(), ranking.truths  # the surest overlaps by 12 / 16, and that will do
    ([[True, False]], 1)
    """
    refuse_scenes(predictions, targets)
    if not len(targets):
        raise ValueError("there is no image; a ranking needs one")
    side = side_by_side(predictions, targets, label)
    return rank_side(side, iou_thresholds, max_detections, area, second_choice)


def rank_side(
    side: Side,
    iou_thresholds: Sequence[float],
    max_detections: int = 100,
    area: tuple[float, float] = (0.0, math.inf),
    second_choice: bool = True,
) -> Ranking:
    """Do the same to a class that already stands side by side.

    Raises:
        ValueError: as :func:`rank_class`.
    """
    there, sizes = side.detected[:, :max_detections], side.area[:, :max_detections]
    ignored = side.ignored | _outside(side.truth_area, area)
    found = match_detections(
        side.overlaps[:, :max_detections],
        as_thresholds(iou_thresholds),
        ignored,
        side.ignored,
        second_choice,
    )[:, there]
    passed = _is_ignored(found, ignored, there)
    passed |= (found < 0) & _outside(sizes[there], area)
    scores, order = side.scores[:, :max_detections][there].sort(
        descending=True, stable=True
    )
    return Ranking(
        scores=scores,
        hits=((found >= 0) & ~passed)[:, order],
        ignored=passed[:, order],
        truths=int((side.truths & ~ignored).sum()),
    )


def as_thresholds(iou_thresholds: Sequence[float]) -> Float[Tensor, "t"]:
    """Read the thresholds.

    Raises:
        ValueError: if there is none, or one is not above 0 and at most 1.
    """
    if not len(iou_thresholds):
        raise ValueError("iou_thresholds are empty; a hit needs a threshold")
    for threshold in iou_thresholds:
        if not 0 < threshold <= 1:
            raise ValueError(
                f"iou_thresholds hold {threshold}; each must be above 0 and at most 1"
            )
    # A hair below 1, so that a perfect overlap passes whatever its last digit, as in COCO.
    levels = torch.tensor(list(iou_thresholds), dtype=torch.float64)
    return levels.clamp(max=1 - 1e-10)


def _is_ignored(found: Tensor, ignored: Tensor, there: Tensor) -> Bool[Tensor, "t n"]:
    """Say of each detection whether what it found is ignored."""
    image = there.nonzero()[:, 0]  # of each detection
    never = ignored.new_zeros(len(ignored), 1)  # the last truth, -1: it found nothing
    return torch.cat([ignored, never], dim=1)[image, found]


def _outside(area: Tensor, limits: tuple[float, float]) -> Tensor:
    return (area < limits[0]) | (area > limits[1])
