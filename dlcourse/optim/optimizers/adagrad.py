"""Adagrad: give each weight a rate of its own, the smaller the more it has moved.

A weight that rarely gets a gradient learns much from each; one that gets many has learned enough to
be careful. The sum of squares only grows, so all rates fall towards zero.

Paper:  Duchi, Hazan & Singer 2011, "Adaptive subgradient methods for online learning and stochastic
        optimization"
Torch:  torch.optim.Adagrad
"""

from typing import Any

import torch
from torch import Tensor

from .stepping import FirstOrder

__all__ = ["Adagrad"]


class Adagrad(FirstOrder):
    """Step by ``-lr g / (sqrt(s) + eps)`` with ``s = s + g^2``.

    Args:
        params: parameters or groups of them.
        lr: learning rate.
        lr_decay: at step t the rate is ``lr / (1 + (t - 1) lr_decay)``.
        weight_decay: pull towards zero, added to the gradient.
        initial_accumulator_value: what s starts from.
        eps: keeps the division from zero.
        maximize: go up instead of down.

    Raises:
        ValueError: if an option is below 0.

    >>> w = torch.tensor([1.0, 1.0], requires_grad=True)
    >>> w.grad = torch.tensor([100.0, 0.01])
    >>> Adagrad([w], lr=0.5).step()
    >>> w.tolist()  # the first step is lr, however steep it is
    [0.5, 0.5]
    """

    def __init__(
        self,
        params: Any,
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            lr_decay=lr_decay,
            weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value,
            eps=eps,
            maximize=maximize,
        )

    def update(
        self,
        parameter: Tensor,
        grad: Tensor,
        state: dict[str, Any],
        group: dict[str, Any],
    ) -> None:
        """Add the square to the sum, then divide by the root of the sum."""
        if not state:
            first = group["initial_accumulator_value"]
            state["step"] = torch.tensor(0.0)
            state["sum"] = torch.full_like(parameter, first)
        rate = group["lr"] / (1 + state["step"].item() * group["lr_decay"])
        state["step"] += 1
        state["sum"].addcmul_(grad, grad)
        scale = state["sum"].sqrt().add_(group["eps"])
        parameter.addcdiv_(grad, scale, value=-rate)
