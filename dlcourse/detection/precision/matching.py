"""Matching: which truth each detection has found, each truth by one detection at most.

Detections come in the order of their scores, so the surest has the first choice; whoever comes
late to a truth that is taken has found nothing. Images do not know each other, so the detection of
the same rank can be settled in all of them at once, and at all thresholds.

Axes:   b images, n detections by falling score, m truths, t thresholds
Paper:  Everingham et al. 2010, "The PASCAL visual object classes (VOC) challenge"; Lin et al. 2014,
        "Microsoft COCO: common objects in context"
Torch:  none; pycocotools.cocoeval.COCOeval.evaluateImg
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

__all__ = ["match_detections", "match_one_image"]


def match_one_image(overlaps: Float[Tensor, "n m"], threshold: float) -> list[int]:
    """Give each detection in turn the free truth that it overlaps most, or -1: as loops.

    >>> overlaps = torch.tensor([[0.9, 0.6], [0.8, 0.2], [0.0, 0.5]])
    >>> match_one_image(overlaps, 0.5)  # the second comes too late to the first truth
    [0, -1, 1]
    """
    free = set(range(overlaps.shape[1]))
    found = []
    for row in overlaps.tolist():
        best = max(free, key=row.__getitem__, default=-1)
        if best >= 0 and row[best] < threshold:
            best = -1
        free.discard(best)
        found.append(best)
    return found


def match_detections(
    overlaps: Float[Tensor, "b n m"],
    thresholds: Float[Tensor, "t"],
    ignored: Bool[Tensor, "b m"],
    shared: Bool[Tensor, "b m"],
    second_choice: bool = True,
) -> Int[Tensor, "t b n"]:
    """Match rank by rank: the first detections of all images, then the second ones, and so on.

    A detection takes the free truth that it overlaps most, if by ``threshold`` or more; an ignored
    truth only if no other will do. Of equal overlaps the last truth is taken.

    Args:
        overlaps: of detections by falling score; negative where there is no such pair.
        thresholds: overlaps from which on a truth counts as found.
        ignored: truths that need not be found.
        shared: truths that are never taken: any number of detections may match them.
        second_choice: whether who comes to a taken truth may have the next best, as in COCO. In
            VOC a detection speaks for the truth that it overlaps most, taken, ignored or not.

    Returns:
        The number of the truth, or -1.

    >>> overlaps = torch.tensor([[[0.9, 0.6], [0.8, 0.7]]])
    >>> no, half = torch.zeros(1, 2, dtype=torch.bool), torch.tensor([0.5])
    >>> match_detections(overlaps, half, no, no).tolist()
    [[[0, 1]]]
    >>> match_detections(overlaps, half, no, no, second_choice=False).tolist()
    [[[0, -1]]]
    """
    if not overlaps.numel():
        return torch.full((len(thresholds), *overlaps.shape[:2]), -1)
    overlaps = overlaps.flip(
        -1
    )  # argmax takes the first of equals, and the last one is wanted
    ignored, shared = ignored.flip(-1), shared.flip(-1)
    wishes = overlaps - 2.0 * ignored[:, None] if second_choice else overlaps
    demands = thresholds[:, None, None].repeat(1, *ignored.shape)  # t b m
    raises = (
        (2.0 * ~shared).to(demands).expand_as(demands)
    )  # a taken one wants too much
    found = []
    for overlap, wish in zip(overlaps.unbind(1), wishes.unbind(1), strict=True):
        free = overlap >= demands
        wish = torch.where(free, wish, -9.0) if second_choice else wish.expand_as(free)
        best = wish.argmax(dim=-1, keepdim=True)  # t b 1
        hit = free.gather(-1, best)
        demands.scatter_add_(-1, best, hit * raises.gather(-1, best))
        found.append(torch.where(hit, free.shape[-1] - 1 - best, -1)[..., 0])
    return torch.stack(found, dim=-1)
