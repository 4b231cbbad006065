"""Mining: the check of hard_negatives."""

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.detection import ssd as reference

__all__ = ["hard_negatives"]


def _draw_losses(draw: Draw) -> Case:
    """Draw losses without ties: an image without positives, one with few, one with many."""
    boxes = 14 + draw.side()
    images = 3 + draw.integer(0, 2)
    loss = torch.rand(images, boxes, generator=draw.source, dtype=torch.float64)
    positive = torch.zeros(images, boxes, dtype=torch.bool)
    for image in range(images):
        count = (0, boxes - 2, 1, 2, 1)[image]
        positive[image, torch.randperm(boxes, generator=draw.source)[:count]] = True
    # Positives are hard as well, and images differ in how hard they are.
    loss = loss + positive + torch.arange(images)[:, None]
    return Case({"loss": loss, "positive": positive, "ratio": draw.integer(2, 3)})


def _easiest(loss: Tensor, positive: Tensor, ratio: int) -> Tensor:
    return reference.hard_negatives(-loss, positive, ratio)


def _with_positives(loss: Tensor, positive: Tensor, ratio: int) -> Tensor:
    place = loss.argsort(dim=1, descending=True).argsort(dim=1)
    return place < ratio * positive.sum(dim=1, keepdim=True)


def _whole_batch(loss: Tensor, positive: Tensor, ratio: int) -> Tensor:
    together = loss.flatten()[None], positive.flatten()[None]
    return reference.hard_negatives(*together, ratio).view_as(positive)


hard_negatives = Check(
    task="hard_negatives",
    draw=_draw_losses,
    reference=reference.hard_negatives,
    mistakes=(
        Mistake(
            "the easiest negatives are taken",
            "Those of largest loss have most to learn.",
            _easiest,
        ),
        Mistake(
            "positives are taken among the negatives",
            "Put the positives out of the running before you rank the losses.",
            _with_positives,
        ),
        Mistake(
            "the negatives are drawn from the whole batch",
            "Each image has its own number of positives, and ranks its own boxes.",
            _whole_batch,
        ),
        Mistake(
            "there is one negative for each positive",
            "There are ratio times as many, as long as there are enough.",
            lambda loss, positive, ratio: reference.hard_negatives(loss, positive, 1),
        ),
        Mistake(
            "the positives are marked as well",
            "Mark the negatives alone; the positives are known already.",
            lambda loss, positive, ratio: (
                reference.hard_negatives(loss, positive, ratio) | positive
            ),
        ),
    ),
)
