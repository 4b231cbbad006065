"""Sampling: which boxes a detector learns from, and how many of each side.

Nearly all boxes are background, and a network that answers "background" would be right about them
all. So a step takes a few boxes of each image, with a fixed share of objects as far as there are
enough.

Axes:   n boxes, m true boxes
Paper:  Girshick 2015, "Fast R-CNN", section 2.3; Ren, He, Girshick & Sun 2015, "Faster R-CNN",
        section 3.1.3
Torch:  BalancedPositiveNegativeSampler of torchvision.models.detection._utils
"""

import torch
from jaxtyping import Float, Int
from torch import Generator, Tensor

from dlcourse.detection.anchors import BACKGROUND, IGNORED, match
from dlcourse.detection.boxes import box_iou

__all__ = ["assign", "balanced_sample"]


def assign(
    boxes: Float[Tensor, "n 4"],
    truths: Float[Tensor, "m 4"],
    labels: Int[Tensor, " m"],
    high: float,
    low: float,
    allow_low_quality: bool = False,
) -> tuple[Int[Tensor, " n"], Float[Tensor, "n 4"]]:
    """Give each box a label, and the true box it stands for.

    Args:
        boxes: proposals or anchors.
        truths: true boxes.
        labels: of the true boxes, 1 and up, since 0 is the background here.
        high: IoU from which on a box stands for an object.
        low: IoU below which it is background.
        allow_low_quality: let each object keep the boxes that fit it best, however badly.

    Returns:
        Labels, 0 for background and -1 for what is left out; true boxes, of which those of
        background mean nothing.

    >>> boxes = torch.tensor([[0.0, 0, 4, 4], [0, 0, 4, 2], [5, 5, 6, 6]])
    >>> assign(boxes, boxes[:1], torch.tensor([3]), high=0.7, low=0.3)[0].tolist()
    [3, -1, 0]
    """
    if not len(truths):
        return labels.new_zeros(len(boxes)), torch.zeros_like(boxes)
    matched = match(box_iou(truths, boxes), high, low, allow_low_quality)
    own = matched.clamp(min=0)
    answer = labels[own]
    answer[matched == BACKGROUND] = 0
    answer[matched == IGNORED] = -1
    return answer, truths[own]


def balanced_sample(
    labels: Int[Tensor, " n"],
    count: int,
    positive_fraction: float,
    generator: Generator | None = None,
) -> tuple[Int[Tensor, " p"], Int[Tensor, " q"]]:
    """Draw places of objects, at most a share of ``count``, and fill up with background.

    Args:
        labels: 1 and up for objects, 0 for background, -1 for what is left out.
        count: of boxes in all, if there are enough.
        positive_fraction: the largest share of objects.
        generator: source of the draw.

    Returns:
        Places of objects, places of background.

    Raises:
        ValueError: if the share does not lie from 0 to 1, or the count is below 1.

    >>> objects, background = balanced_sample(torch.tensor([1, 0, 0, -1, 2, 0]), 4, 0.25)
    >>> len(objects), len(background)
    (1, 3)
    """
    if not 0 <= positive_fraction <= 1:
        raise ValueError(
            f"positive_fraction ({positive_fraction}) must lie from 0 to 1"
        )
    if count < 1:
        raise ValueError(f"count ({count}) must be at least 1")
    objects, background = ((labels > 0).nonzero()[:, 0], (labels == 0).nonzero()[:, 0])
    objects = _some(objects, int(count * positive_fraction), generator)
    return objects, _some(background, count - len(objects), generator)


def _some(
    places: Int[Tensor, " n"], count: int, generator: Generator | None
) -> Int[Tensor, " m"]:
    """Draw so many places, or all if there are fewer."""
    order = torch.randperm(len(places), generator=generator)
    return places[order[:count].to(places.device)]
