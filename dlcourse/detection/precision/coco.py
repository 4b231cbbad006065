"""COCO: the twelve numbers of its challenge.

One threshold rewards who finds and not who frames well. COCO averages over ten of them, from 0.5
to 0.95, tells small things from large ones, and asks how much a few detections an image find.

Axes:   n detections by falling score, t thresholds
Paper:  Lin et al. 2014, "Microsoft COCO: common objects in context"
Torch:  none; pycocotools.cocoeval.COCOeval.summarize
"""

import math

from jaxtyping import Float
from torch import Tensor

from .curve import average_precision, precision_recall
from .ranking import Ranking, rank_side
from .scenes import Scenes, labels_of, refuse_scenes, side_by_side

__all__ = ["AREAS", "COCO_THRESHOLDS", "coco_summary"]

COCO_THRESHOLDS = tuple((50 + 5 * step) / 100 for step in range(10))
"""0.5, 0.55, ..., 0.95."""

AREAS = {
    "all": (0.0, 1e5**2),
    "small": (0.0, 32.0**2),
    "medium": (32.0**2, 96.0**2),
    "large": (96.0**2, 1e5**2),
}
"""From and up to how many square pixels."""

RUNS = {"1": ("all", 1), "10": ("all", 10), **{name: (name, 100) for name in AREAS}}
"""What is looked at for its numbers: an area, and how many detections an image and class."""


def coco_summary(predictions: Scenes, targets: Scenes) -> dict[str, float]:
    """Compute what COCO reports: AP by threshold and size, AR by number of detections and size.

    AP is averaged over ten thresholds, 101 levels of recall and the classes; AR is the recall at
    the end of the list, averaged over thresholds and classes. A number that has no truth is nan.

    Raises:
        ValueError: if there is not one prediction for each target, or one of them is malformed.

    >>> target = {"boxes": torch.tensor([[0.0, 0.0, 40.0, 40.0]]), "labels": torch.tensor([0])}
    >>> seen = {"boxes": torch.tensor([[0.0, 0.0, 40.0, 29.0]]), "labels": torch.tensor([0])}
    >>> summary = coco_summary([{**seen, "scores": torch.tensor([0.9])}], [target])
    >>> summary["AP"], summary["AP50"], summary["AP75"]  # an IoU of 0.725 passes 5 of 10
    (0.5, 1.0, 0.0)
    """
    refuse_scenes(predictions, targets)
    precision, recall = _by_run(predictions, targets)
    return {
        "AP": _mean(precision["all"]),
        "AP50": _mean([ap[:1] for ap in precision["all"]]),
        "AP75": _mean([ap[5:6] for ap in precision["all"]]),
        **{
            f"AP {size}": _mean(precision[size])
            for size in ("small", "medium", "large")
        },
        **{f"AR {most}": _mean(recall[most]) for most in ("1", "10")},
        "AR 100": _mean(recall["all"]),
        **{f"AR {size}": _mean(recall[size]) for size in ("small", "medium", "large")},
    }


def _by_run(predictions: Scenes, targets: Scenes) -> tuple[dict, dict]:
    """Average precisions and last recalls of each class, for each run."""
    precision, recall = ({name: [] for name in RUNS} for _ in range(2))
    for label in labels_of(targets):
        side = side_by_side(predictions, targets, label)
        for name, (area, most) in RUNS.items():
            ranking = rank_side(side, COCO_THRESHOLDS, most, AREAS[area])
            if ranking.truths:
                ap, ar = _ends(ranking)
                precision[name].append(ap)
                recall[name].append(ar)
    return precision, recall


def _ends(ranking: Ranking) -> tuple[Float[Tensor, "t"], Float[Tensor, "t"]]:
    """Average precision and last recall, at each threshold."""
    precision, recall = precision_recall(ranking.hits, ranking.truths, ranking.ignored)
    last = recall.amax(dim=1) if recall.shape[1] else recall.new_zeros(len(recall))
    return average_precision(precision, recall, points=101), last


def _mean(values: list[Tensor]) -> float:
    return sum(v.mean().item() for v in values) / len(values) if values else math.nan
