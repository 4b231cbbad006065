"""Adadelta: measure the step in the weight's own unit instead of choosing a rate.

In RMSprop the gradient's unit cancels, so ``lr`` alone says how far a weight moves. Adadelta puts
the size of the weight's recent steps in its place, and the unit of the weight comes back.

Paper:  Zeiler 2012, "ADADELTA: an adaptive learning rate method"
Torch:  torch.optim.Adadelta
"""

from typing import Any

import torch
from torch import Tensor

from .stepping import FirstOrder

__all__ = ["Adadelta"]


class Adadelta(FirstOrder):
    """Step by ``-lr d`` with ``d = g sqrt(u + eps) / sqrt(s + eps)``.

    s averages the squares of the gradients and u those of d: ``s = rho s + (1 - rho) g^2`` before
    the step, ``u = rho u + (1 - rho) d^2`` after it. Here ``eps`` stands inside the roots: it is
    what the first step has to start from.

    Args:
        params: parameters or groups of them.
        lr: factor on the step; 1 is the paper's method.
        rho: share of the averages that is kept.
        eps: size of the first steps, squared.
        weight_decay: pull towards zero, added to the gradient.
        maximize: go up instead of down.

    Raises:
        ValueError: if an option is out of its range.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> w.grad = torch.tensor([1.0])
    >>> Adadelta([w], rho=0.25, eps=0.25).step()
    >>> w.item()  # 1 - sqrt(0 + 0.25) / sqrt(0.75 + 0.25)
    0.5
    """

    def __init__(
        self,
        params: Any,
        lr: float = 1.0,
        rho: float = 0.9,
        eps: float = 1e-6,
        weight_decay: float = 0.0,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            rho=rho,
            eps=eps,
            weight_decay=weight_decay,
            maximize=maximize,
        )

    def update(
        self,
        parameter: Tensor,
        grad: Tensor,
        state: dict[str, Any],
        group: dict[str, Any],
    ) -> None:
        """Divide by the root mean square of the gradients, multiply by that of the steps."""
        if not state:
            state["step"] = torch.tensor(0.0)
            state["square_avg"] = torch.zeros_like(parameter)
            state["acc_delta"] = torch.zeros_like(parameter)
        state["step"] += 1
        rho, eps = group["rho"], group["eps"]
        square, moved = state["square_avg"], state["acc_delta"]
        square.mul_(rho).addcmul_(grad, grad, value=1 - rho)
        scale = square.add(eps).sqrt_()
        delta = moved.add(eps).sqrt_().div_(scale).mul_(grad)
        moved.mul_(rho).addcmul_(delta, delta, value=1 - rho)
        parameter.add_(delta, alpha=-group["lr"])
