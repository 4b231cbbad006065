"""Curve: precision and recall down the list of detections, and their average.

One list holds the detections of a class from all images, the surest first. Each is a hit or not,
and after each one can say how pure the list is so far and how much of what there is it has found.
Truths that nothing found are in no list, but they are in the recall.

Axes:   n detections by falling score, t thresholds, l levels of recall
Paper:  Everingham et al. 2010, "The PASCAL visual object classes (VOC) challenge" (11 levels); the
        development kit since 2010 (every level); Lin et al. 2014, "Microsoft COCO" (101 levels)
Torch:  none; pycocotools.cocoeval.COCOeval.accumulate
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

__all__ = ["average_precision", "interpolated", "precision_recall"]


def precision_recall(
    hits: Bool[Tensor, "*t n"],
    truths: int,
    ignored: Bool[Tensor, "*t n"] | None = None,
) -> tuple[Float[Tensor, "*t n"], Float[Tensor, "*t n"]]:
    """Divide the hits so far by the detections so far, and by the truths.

    ``P_i = TP_i / i`` and ``R_i = TP_i / truths``, with ``TP_i`` hits among the first ``i``. An
    ignored detection counts as nothing, and keeps its place in the list.

    Raises:
        ValueError: if there is no truth, or more hits than truths.

    >>> hits = torch.tensor([True, False, True])
    >>> [share.tolist() for share in precision_recall(hits, truths=4)]  # two are never found
    [[1.0, 0.5, 0.6666666666666666], [0.25, 0.25, 0.5]]
    """
    counted = torch.ones_like(hits) if ignored is None else ~ignored
    hits = hits & counted
    if truths < 1:
        raise ValueError(
            f"truths ({truths}) must be at least 1; recall is a share of them"
        )
    if hits.numel() and int(hits.sum(dim=-1).max()) > truths:
        most = int(hits.sum(dim=-1).max())
        raise ValueError(f"{most} hits among {truths} truths; a truth is found once")
    found = hits.cumsum(dim=-1).double()
    return found / counted.cumsum(dim=-1).clamp(min=1), found / truths


def interpolated(precision: Float[Tensor, "*t n"]) -> Float[Tensor, "*t n"]:
    """Replace each precision by the best from there to the end of the list.

    >>> interpolated(torch.tensor([0.5, 0.25, 0.375])).tolist()
    [0.5, 0.375, 0.375]
    """
    return precision.flip(-1).cummax(dim=-1).values.flip(-1)


def average_precision(
    precision: Float[Tensor, "*t n"],
    recall: Float[Tensor, "*t n"],
    points: int | None = None,
) -> Float[Tensor, "*t"]:
    """Average the interpolated precision over levels of recall; 0 at levels never reached.

    Args:
        precision: after each detection.
        recall: after each detection.
        points: 11 for the levels 0, 0.1, ..., 1 of VOC 2007, 101 for those of COCO; None for the
            area below the staircase, the rule of VOC since 2010.

    Raises:
        ValueError: if ``points`` is below 2.

    >>> recall, precision = torch.tensor([0.0, 0.5, 0.5]), torch.tensor([0.0, 0.5, 0.25])
    >>> average_precision(precision, recall).item()  # 0.5 up to recall 0.5, then nothing
    0.25
    >>> average_precision(precision, recall, points=3).item()  # (0.5 + 0.5 + 0) / 3
    0.3333333432674408
    """
    if points is not None and points < 2:
        raise ValueError(f"points ({points}) must be at least 2, for recall 0 and 1")
    best = interpolated(precision)
    if points is None:
        gained = recall.diff(dim=-1, prepend=torch.zeros_like(recall[..., :1]))
        return (gained * best).sum(dim=-1)
    # Multiples of a rounded step, as every published program has them.
    levels = (
        (torch.arange(points).double() * (1 / (points - 1))).clamp(max=1).to(recall)
    )
    levels = levels.expand(*recall.shape[:-1], points).contiguous()
    first = torch.searchsorted(
        recall.contiguous(), levels
    )  # the first place that reaches it
    best = torch.nn.functional.pad(best, (0, 1))  # beyond the list there is nothing
    return best.gather(-1, first).mean(dim=-1)
