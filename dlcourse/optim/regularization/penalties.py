"""Penalties: a price on large weights, added to the loss.

To fit a few examples exactly, a network has to answer steeply, and that takes large weights. A
price on their size makes it prefer the flat answer wherever the examples do not insist. L2 takes a
share of every weight and leaves few at zero; L1 takes a fixed amount, and sets many to zero.

Paper:  Hoerl & Kennard 1970, "Ridge regression: biased estimation for nonorthogonal problems" (L2);
        Tibshirani 1996, "Regression shrinkage and selection via the lasso" (L1)
Torch:  weight_decay of torch.optim.SGD, whose gradient is that of l2_penalty
"""

from collections.abc import Iterable
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from .refusals import refuse_negative

__all__ = ["decay_groups", "l1_penalty", "l2_penalty", "weights_of"]

Weights = Float[Tensor, "..."]


def l1_penalty(weights: Iterable[Weights], strength: float) -> Float[Tensor, ""]:
    """Sum the sizes of all entries: ``strength * sum |w|``.

    Its slope is the strength, towards zero from both sides, however small the entry is.

    Args:
        weights: tensors to be kept small, at least one.
        strength: price of one unit.

    Raises:
        ValueError: if the strength is below 0.

    >>> l1_penalty([torch.tensor([3.0, -4.0])], strength=0.5).item()
    3.5
    """
    refuse_negative("strength", strength)
    return strength * torch.stack([w.abs().sum() for w in weights]).sum()


def l2_penalty(weights: Iterable[Weights], strength: float) -> Float[Tensor, ""]:
    """Sum half the squares of all entries: ``strength / 2 * sum w^2``.

    The half makes the slope ``strength * w``: what an optimizer's ``weight_decay`` adds.

    Args:
        weights: tensors to be kept small, at least one.
        strength: the weight decay.

    Raises:
        ValueError: if the strength is below 0.

    >>> l2_penalty([torch.tensor([3.0, -4.0])], strength=0.5).item()
    6.25
    """
    refuse_negative("strength", strength)
    return strength / 2 * torch.stack([w.square().sum() for w in weights]).sum()


def weights_of(model: nn.Module) -> list[nn.Parameter]:
    """List the parameters that a penalty is meant for: those with two axes or more.

    A bias shifts an answer and makes it no steeper, and the scale of a normalization is undone by
    the next one. Both have a single axis.

    >>> [tuple(w.shape) for w in weights_of(nn.Linear(3, 2))]
    [(2, 3)]
    """
    return [p for p in model.parameters() if p.ndim > 1]


def decay_groups(model: nn.Module, weight_decay: float) -> list[dict[str, Any]]:
    """Make parameter groups for an optimizer that decays the weights and nothing else.

    >>> [group["weight_decay"] for group in decay_groups(nn.Linear(3, 2), 0.1)]
    [0.1, 0.0]
    """
    refuse_negative("weight_decay", weight_decay)
    rest = [p for p in model.parameters() if p.ndim <= 1]
    return [
        {"params": weights_of(model), "weight_decay": weight_decay},
        {"params": rest, "weight_decay": 0.0},
    ]
