"""Entropy: cross-entropy, with weights for the classes and smoothed labels.

The loss of a sample is minus the logarithm of the probability of its class. It is lowest when that
probability is 1, which takes scores that are infinitely far apart. A smoothed label asks for a
little less than 1, and finite scores reach it. A weight makes the samples of one class count more.

Axes:   b samples, k classes, sides any number of them
Paper:  Szegedy, Vanhoucke, Ioffe, Shlens & Wojna 2016, "Rethinking the Inception architecture for
        computer vision" (label smoothing)
Torch:  torch.nn.functional.cross_entropy, for targets that are labels
"""

import torch
from jaxtyping import Float, Integer
from torch import Tensor

from .reduction import reduce
from .refusals import refuse_labels, refuse_share

__all__ = ["cross_entropy", "smooth_labels"]


def smooth_labels(
    target: Integer[Tensor, "b"], classes: int, label_smoothing: float
) -> Float[Tensor, "b k"]:
    """Give every class ``e / k`` and the right one the remaining ``1 - e`` on top.

    Args:
        target: labels.
        classes: how many there are, k.
        label_smoothing: e, the share that is spread over all classes.

    Raises:
        ValueError: if the share does not lie from 0 to 1, or a label names no class.

    >>> smooth_labels(torch.tensor([1]), classes=2, label_smoothing=0.5).tolist()
    [[0.25, 0.75]]
    """
    refuse_share("label_smoothing", label_smoothing)
    refuse_labels(target, classes)
    one_hot = torch.eye(classes, device=target.device)[target]
    return (1 - label_smoothing) * one_hot + label_smoothing / classes


def cross_entropy(
    input: Float[Tensor, "b k *sides"],
    target: Integer[Tensor, "b *sides"],
    weight: Float[Tensor, "k"] | None = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Float[Tensor, "..."]:
    """Compare scores with labels: ``(1 - e) H(q, p) + e H(u, p)``, e the label smoothing.

    p is the softmax of the scores, q all on the right class, u the same on every class, and
    ``H(q, p) = -sum_k w_k q_k log p_k``.

    Args:
        input: scores, one for each class.
        target: the right classes.
        weight: w, of each class; 1 if left out.
        ignore_index: a target that does not count.
        reduction: "none", "sum", or "mean": the sum over that of the right classes' weights.
        label_smoothing: e, the share of each label that is spread over all classes.

    Raises:
        ValueError: for an unknown reduction, a label that names no class, or a share outside of 0
            to 1.

    >>> loss = cross_entropy(torch.zeros(1, 4), torch.tensor([2]))  # p = 1/4
    >>> round(loss.exp().item(), 4)
    4.0
    """
    refuse_share("label_smoothing", label_smoothing)
    counted = target != ignore_index
    refuse_labels(target[counted], input.shape[1])
    weight = input.new_ones(input.shape[1]) if weight is None else weight
    right = target.where(counted, 0)
    own = weight[right] * counted  # b *sides
    log_p = input - input.logsumexp(dim=1, keepdim=True)  # b k *sides
    losses = -own * log_p.gather(1, right.unsqueeze(1)).squeeze(1)
    if label_smoothing:  # else a score of minus infinity would count
        uniform = -torch.einsum("bk...,k->b...", log_p, weight) / len(weight) * counted
        losses = (1 - label_smoothing) * losses + label_smoothing * uniform
    return reduce(losses, reduction, own)
