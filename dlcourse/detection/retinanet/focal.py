"""Focal: the loss of a hundred thousand anchors, nearly all of which are background.

Each background anchor is soon easy and costs little; together they cost more than the few objects.
The focal loss all but leaves out what is easy, so that every anchor can take part without being
sampled. It divides by the anchors that hold objects, because the others hardly contribute; and the
first scores say "background" already, because a loss that starts at a half for each of them is
theirs alone.

Axes:   n anchors, k classes
Paper:  Lin, Goyal, Girshick, He & Dollár 2017, "Focal loss for dense object detection"
Torch:  torchvision.ops.sigmoid_focal_loss; the losses in torchvision.models.detection.retinanet
"""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcourse.optim.regularization import sigmoid_focal_loss

__all__ = [
    "classification_loss",
    "classification_targets",
    "loss_shares",
    "prior_bias",
    "sigmoid_focal_loss",
]


def prior_bias(prior: float = 0.01) -> float:
    """Find the bias that makes every first probability ``prior``: ``-log((1 - prior) / prior)``.

    Raises:
        ValueError: if ``prior`` is not between 0 and 1.

    >>> round(prior_bias(0.01), 3)  # -log 99
    -4.595
    """
    if not 0 < prior < 1:
        raise ValueError(f"prior ({prior}) must lie between 0 and 1, without the ends")
    return -math.log((1 - prior) / prior)


def classification_targets(
    matched: Int[Tensor, "n"], labels: Int[Tensor, "m"], num_classes: int
) -> Float[Tensor, "n {num_classes}"]:
    """Write a row for each anchor: 1 at its object's class; zeros alone for background.

    Args:
        matched: the object of each anchor, or a negative number if it has none.
        labels: class of each object.
        num_classes: k; the background is none of them.

    >>> classification_targets(torch.tensor([-1, 0]), torch.tensor([2]), 3).tolist()
    [[0.0, 0.0, 0.0], [0.0, 0.0, 1.0]]
    """
    targets = torch.zeros(len(matched), num_classes, device=matched.device)
    positive = (matched >= 0).nonzero()[:, 0]
    targets[positive, labels[matched[positive]]] = 1
    return targets


def classification_loss(
    logits: Float[Tensor, "n k"],
    matched: Int[Tensor, "n"],
    labels: Int[Tensor, "m"],
    alpha: float = 0.25,
    gamma: float = 2.0,
) -> Float[Tensor, ""]:
    """Add the focal losses of one image's anchors and divide by those that hold an object.

    Each class is a question of its own, so k numbers of an anchor are added. Without an object the
    sum is divided by 1.

    Args:
        logits: scores before the sigmoid.
        matched: object of each anchor; -1 for background, -2 to leave the anchor out.
        labels: class of each object.
        alpha: weight of yes, against ``1 - alpha`` of no.
        gamma: how fast easy anchors stop to count.

    >>> logits, matched = torch.zeros(3, 1), torch.tensor([0, -1, -2])
    >>> loss = classification_loss(logits, matched, torch.tensor([0]), alpha=0.25, gamma=2.0)
    >>> round(loss.item() / 0.6931, 4)  # (1/4 + 3/4) (1/2)^2 log 2, over one object
    0.25
    """
    targets = classification_targets(matched, labels, logits.shape[1]).to(logits)
    counted = matched != -2
    losses = sigmoid_focal_loss(logits[counted], targets[counted], alpha, gamma, "sum")
    return losses / (matched >= 0).sum().clamp(min=1)


def loss_shares(
    inputs: Float[Tensor, "n"],
    targets: Float[Tensor, "n"],
    alpha: float = 0.25,
    gamma: float = 2.0,
    easy: float = 0.6,
) -> Float[Tensor, "3"]:
    """Divide the loss between objects, hard background and easy background.

    Args:
        inputs: scores before the sigmoid.
        targets: 1 for an object, 0 for background.
        alpha: weight of objects; -1 for none.
        gamma: of the focal loss.
        easy: the probability of the right answer from which on background counts as easy.

    Returns:
        Three shares that add up to 1.

    >>> shares = loss_shares(torch.zeros(4), torch.tensor([1.0, 0, 0, 0]), -1.0, 0.0, easy=0.5)
    >>> shares.tolist()
    [0.25, 0.0, 0.75]
    """
    losses = sigmoid_focal_loss(inputs, targets, alpha, gamma)
    background, sure = targets == 0, inputs.neg().sigmoid() >= easy
    parts = [~background, background & ~sure, background & sure]
    return torch.stack([losses[part].sum() for part in parts]) / losses.sum()
