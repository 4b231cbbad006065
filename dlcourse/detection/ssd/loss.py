"""Loss: where the positives are, and what positives and hard negatives are.

Both parts are divided by the number of positives in the batch and not by that of all boxes, so that
an image with one object and an image with ten teach as much for each object.

Axes:   b images, n boxes, k classes and the background, which is 0
Paper:  Liu et al. 2016, "SSD: single shot multibox detector", equations 1 to 3
Torch:  compute_loss of torchvision.models.detection.ssd
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import cross_entropy, smooth_l1_loss

from dlcourse.detection.anchors import encode_boxes

from .mining import hard_negatives

__all__ = ["VARIANCES", "ssd_loss"]

VARIANCES = (10.0, 10.0, 5.0, 5.0)
"""Weights of the codes: one over SSD's variances 0.1, 0.1, 0.2, 0.2."""


def ssd_loss(
    logits: Float[Tensor, "b n k"],
    codes: Float[Tensor, "b n 4"],
    boxes: Float[Tensor, "n 4"],
    matched: Sequence[Int[Tensor, "n"]],
    targets: Sequence[dict[str, Tensor]],
    ratio: float | int = 3,
) -> dict[str, Float[Tensor, ""]]:
    """Add up both parts of the loss and divide by the number of positives, at least 1.

    Args:
        logits: scores of background and classes, in this order.
        codes: what the network says of each box.
        boxes: the default boxes in pixels.
        matched: for each image the object of each box, or -1.
        targets: for each image boxes and labels, which begin at 0.
        ratio: negatives for each positive.

    Returns:
        "classification" and "bbox_regression".

    >>> box = torch.tensor([[0.0, 0.0, 4.0, 4.0]])
    >>> target = {"boxes": box, "labels": torch.tensor([0])}
    >>> logits, codes, matched = torch.zeros(1, 1, 2), torch.ones(1, 1, 4), torch.tensor([0])
    >>> losses = ssd_loss(logits, codes, box, [matched], [target])
    >>> losses["bbox_regression"].item()  # four times 1 - 1/2
    2.0
    """
    moved = codes.new_zeros(())
    classes = torch.zeros(logits.shape[:2], dtype=torch.long, device=logits.device)
    for image, (truth, target) in enumerate(zip(matched, targets, strict=True)):
        seen = truth >= 0
        right = encode_boxes(target["boxes"][truth[seen]], boxes[seen], VARIANCES)
        moved = moved + smooth_l1_loss(codes[image, seen], right, reduction="sum")
        classes[image, seen] = 1 + target["labels"][truth[seen]]
    each = cross_entropy(logits.transpose(1, 2), classes, reduction="none")  # b n
    positive = classes > 0
    counted = positive | hard_negatives(each, positive, ratio)
    count = positive.sum().clamp(min=1)
    return {
        "classification": each[counted].sum() / count,
        "bbox_regression": moved / count,
    }
