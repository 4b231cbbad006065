"""Mean: average precision of each class, and the mean over classes and thresholds.

A class has its own list and its own curve. Pooled into one list, a class with many things in it
would decide alone; so each is averaged by itself, and the mean gives all the same weight.

Axes:   k classes, one number each
Paper:  Everingham et al. 2010, "The PASCAL visual object classes (VOC) challenge"; Lin et al. 2014,
        "Microsoft COCO: common objects in context"
Torch:  none; pycocotools.cocoeval.COCOeval
"""

import math
from collections.abc import Sequence

from .curve import average_precision, precision_recall
from .ranking import as_thresholds, rank_side
from .scenes import Scenes, labels_of, refuse_scenes, side_by_side

__all__ = ["average_precisions", "mean_average_precision"]


def average_precisions(
    predictions: Scenes,
    targets: Scenes,
    iou_thresholds: Sequence[float] = (0.5,),
    points: int | None = None,
    **rules,
) -> dict[int, float]:
    """Give each class that has truths its average precision, the mean over the thresholds.

    Args:
        predictions: one dictionary an image, with boxes, labels and scores.
        targets: one an image, with boxes and labels.
        iou_thresholds: overlaps from which on a truth counts as found.
        points: levels of recall, as in :func:`average_precision`.
        rules: further arguments of :func:`rank_class`.

    Raises:
        ValueError: if there is not one prediction for each target, or one of them is malformed.

    >>> boxes = torch.tensor([[0.0, 0.0, 4.0, 4.0], [5.0, 5.0, 9.0, 9.0]])
    >>> target = {"boxes": boxes, "labels": torch.tensor([0, 2])}
    >>> seen = {**target, "labels": torch.tensor([0, 1]), "scores": torch.tensor([0.9, 0.8])}
    >>> average_precisions([seen], [target])
    {0: 1.0, 2: 0.0}
    """
    refuse_scenes(predictions, targets)
    as_thresholds(iou_thresholds)
    answers = {}
    for label in labels_of(targets):
        side = side_by_side(predictions, targets, label)
        ranking = rank_side(side, iou_thresholds, **rules)
        if ranking.truths:
            curve = precision_recall(ranking.hits, ranking.truths, ranking.ignored)
            answers[label] = average_precision(*curve, points).mean().item()
    return answers


def mean_average_precision(
    predictions: Scenes,
    targets: Scenes,
    iou_thresholds: Sequence[float] = (0.5,),
    points: int | None = None,
    **rules,
) -> float:
    """Average the average precisions of the classes, each with the same weight.

    Classes without a truth are left out; if there is no truth at all, the mean is nan.

    Args:
        predictions: one dictionary an image, with boxes, labels and scores.
        targets: one an image, with boxes and labels.
        iou_thresholds: overlaps from which on a truth counts as found.
        points: levels of recall, as in :func:`average_precision`.
        rules: further arguments of :func:`rank_class`.

    Raises:
        ValueError: if there is not one prediction for each target, or one of them is malformed.

    >>> boxes = torch.tensor([[0.0, 0.0, 4.0, 4.0], [5.0, 5.0, 9.0, 9.0]])
    >>> target = {"boxes": boxes, "labels": torch.tensor([0, 2])}
    >>> seen = {**target, "labels": torch.tensor([0, 1]), "scores": torch.tensor([0.9, 0.8])}
    >>> mean_average_precision([seen], [target])
    0.5
    """
    answers = average_precisions(predictions, targets, iou_thresholds, points, **rules)
    return sum(answers.values()) / len(answers) if answers else math.nan
