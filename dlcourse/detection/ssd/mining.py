"""Mining: of the boxes that see background, only the hardest learn.

A few boxes see an object and thousands see none. Were all of them in the loss, the easy ones would
outweigh the rest by their number; so for each positive only the few worst negatives count.

Axes:   b images, n boxes
Paper:  Liu et al. 2016, "SSD: single shot multibox detector", section 2.3
Torch:  compute_loss of torchvision.models.detection.ssd
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

__all__ = ["hard_negatives"]


@torch.no_grad()
def hard_negatives(
    loss: Float[Tensor, "b n"], positive: Bool[Tensor, "b n"], ratio: float | int = 3
) -> Bool[Tensor, "b n"]:
    """Mark in each image the ``ratio`` times positives negatives of largest loss.

    An image without positives has no negatives either, and one with too few has all.

    Args:
        loss: of each box, were it background.
        positive: boxes that stand for an object.
        ratio: negatives for each positive.

    Raises:
        ValueError: if the shapes differ or the ratio is below 0.

    >>> loss = torch.tensor([[9.0, 1.0, 3.0, 2.0, 5.0]])
    >>> hard_negatives(loss, torch.tensor([[True, False, False, False, False]]), 2).tolist()
    [[False, False, True, False, True]]
    """
    if loss.shape != positive.shape:
        raise ValueError(
            f"loss has shape {tuple(loss.shape)} and positive {tuple(positive.shape)}; each box "
            "needs one of both"
        )
    if not ratio >= 0:
        raise ValueError(f"ratio ({ratio}) must be at least 0")
    order = loss.masked_fill(positive, -torch.inf).argsort(dim=1, descending=True)
    # The place of each box in the order, which is the inverse permutation.
    place = order.argsort(dim=1)
    return (place < ratio * positive.sum(dim=1, keepdim=True)) & ~positive
