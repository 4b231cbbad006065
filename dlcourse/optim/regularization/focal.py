"""Focal: a cross-entropy that counts what is hard.

Thousands of samples that are nearly right lose little each and much together. A factor that falls
to zero as the right answer becomes sure leaves the loss to those that are still wrong.

Axes:   b samples, k classes, sides any number of them
Paper:  Lin, Goyal, Girshick, He & Dollár 2017, "Focal loss for dense object detection"
Torch:  torchvision.ops.sigmoid_focal_loss; none for several classes
"""

import torch
from jaxtyping import Float, Integer
from torch import Tensor

from .entropy import cross_entropy
from .reduction import reduce
from .refusals import refuse_negative, refuse_share

__all__ = ["focal_loss", "sigmoid_focal_loss"]


def sigmoid_focal_loss(
    inputs: Float[Tensor, "*shape"],
    targets: Float[Tensor, "*shape"],
    alpha: float = 0.25,
    gamma: float = 2.0,
    reduction: str = "none",
) -> Float[Tensor, "..."]:
    """Weigh the cross-entropy of yes and no: ``-alpha_t (1 - p_t)^gamma log p_t``.

    ``p_t`` is the probability of what is right: p, the sigmoid of the score, for a target of 1 and
    ``1 - p`` for 0. ``alpha_t`` is alpha for 1 and ``1 - alpha`` for 0.

    Args:
        inputs: scores, each a question of its own.
        targets: 1 for yes and 0 for no; what lies between is a share of both.
        alpha: weight of yes; -1 for no weights at all.
        gamma: how fast the sure ones stop to count; at 0 they all count.
        reduction: "none", "mean" or "sum".

    Raises:
        ValueError: if alpha is neither -1 nor from 0 to 1, if gamma is below 0, or for an unknown
            reduction.

    >>> loss = sigmoid_focal_loss(torch.zeros(1), torch.ones(1), alpha=0.25, gamma=2.0)
    >>> round(loss.item() / 0.6931, 4)  # 1/4 * (1/2)^2 * log 2
    0.0625
    """
    refuse_negative("gamma", gamma)
    p = inputs.sigmoid()
    p_t = p * targets + (1 - p) * (1 - targets)
    # -log p is log(1 + e^-z) and -log(1 - p) is log(1 + e^z), which no score can overflow.
    entropy = torch.logaddexp(inputs, inputs.new_zeros(())) - inputs * targets
    losses = (1 - p_t) ** gamma * entropy
    if alpha != -1:
        refuse_share("alpha", alpha)
        losses = (alpha * targets + (1 - alpha) * (1 - targets)) * losses
    return reduce(losses, reduction)


def focal_loss(
    input: Float[Tensor, "b k *sides"],
    target: Integer[Tensor, "b *sides"],
    weight: Float[Tensor, "k"] | None = None,
    *,
    gamma: float = 2.0,
    reduction: str = "mean",
) -> Float[Tensor, "..."]:
    """Weigh the cross-entropy of several classes: ``-w_t (1 - p_t)^gamma log p_t``.

    Args:
        input: scores, one for each class; p is their softmax.
        target: t, the right classes.
        weight: w, of each class; 1 if left out.
        gamma: how fast the sure ones stop to count; at 0 this is the cross-entropy.
        reduction: "none", "sum", or "mean": the sum over that of the right classes' weights.

    Raises:
        ValueError: if gamma is below 0, for a label that names no class, or an unknown reduction.

    >>> loss = focal_loss(torch.zeros(1, 2), torch.tensor([0]), gamma=1.0)
    >>> round(loss.item() / 0.6931, 4)  # 1/2 * log 2
    0.5
    """
    refuse_negative("gamma", gamma)
    entropy = cross_entropy(input, target, reduction="none")
    own = torch.ones_like(entropy) if weight is None else weight[target]
    # 1 - p_t, exact also where p_t is nearly 1
    doubt = -torch.expm1(-entropy)
    return reduce(own * doubt**gamma * entropy, reduction, own)
