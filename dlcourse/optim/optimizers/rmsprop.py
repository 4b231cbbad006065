"""RMSprop: give each weight a rate of its own, from its recent gradients only.

Adagrad never forgets, so it slows down even where it should go on. An average that forgets by a
factor ``alpha`` at every step keeps the rates alive.

Paper:  Tieleman & Hinton 2012, "Lecture 6.5, RMSprop: divide the gradient by a running average of
        its recent magnitude"; Graves 2013, "Generating sequences with recurrent neural networks"
        (the centered form)
Torch:  torch.optim.RMSprop
"""

from typing import Any

import torch
from torch import Tensor

from .stepping import FirstOrder

__all__ = ["RMSprop"]


class RMSprop(FirstOrder):
    """Step by ``-lr g / (sqrt(s) + eps)`` with ``s = alpha s + (1 - alpha) g^2``.

    With ``centered``, s has the square of the average gradient taken off, which leaves the
    variance. With ``momentum``, the quotient feeds a velocity, and the velocity moves the weight.

    Args:
        params: parameters or groups of them.
        lr: learning rate.
        alpha: share of the average that is kept.
        eps: keeps the division from zero.
        weight_decay: pull towards zero, added to the gradient.
        momentum: share of the velocity that is kept.
        centered: whether to divide by the standard deviation instead.
        maximize: go up instead of down.

    Raises:
        ValueError: if an option is below 0.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> w.grad = torch.tensor([7.0])
    >>> RMSprop([w], lr=0.25, alpha=0.75).step()
    >>> w.item()  # 1 - 0.25 * 7 / sqrt(0.25 * 49)
    0.5
    """

    def __init__(
        self,
        params: Any,
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            alpha=alpha,
            eps=eps,
            weight_decay=weight_decay,
            momentum=momentum,
            centered=centered,
            maximize=maximize,
        )

    def update(
        self,
        parameter: Tensor,
        grad: Tensor,
        state: dict[str, Any],
        group: dict[str, Any],
    ) -> None:
        """Renew the average of squares, then divide by its root."""
        if not state:
            self._begin(parameter, state, group)
        state["step"] += 1
        alpha, square = group["alpha"], state["square_avg"]
        square.mul_(alpha).addcmul_(grad, grad, value=1 - alpha)
        if group["centered"]:
            mean = state["grad_avg"].lerp_(grad, 1 - alpha)
            square = square.addcmul(mean, mean, value=-1)
        scale = square.sqrt().add_(group["eps"])
        if group["momentum"]:
            velocity = state["momentum_buffer"]
            velocity.mul_(group["momentum"]).addcdiv_(grad, scale)
            parameter.add_(velocity, alpha=-group["lr"])
        else:
            parameter.addcdiv_(grad, scale, value=-group["lr"])

    def _begin(
        self, parameter: Tensor, state: dict[str, Any], group: dict[str, Any]
    ) -> None:
        state["step"] = torch.tensor(0.0)
        state["square_avg"] = torch.zeros_like(parameter)
        if group["momentum"]:
            state["momentum_buffer"] = torch.zeros_like(parameter)
        if group["centered"]:
            state["grad_avg"] = torch.zeros_like(parameter)
