"""Adam: momentum over a rate for each weight; AdamW: the same with the decay kept apart.

Both of its averages start from zero, so at first they are too small, by a known factor. Adam
divides it out. AdamW shrinks the weights themselves: a decay that goes through the gradient is
divided by the gradient's size, and pulls least on the weights that are used most.

Paper:  Kingma & Ba 2015, "Adam: a method for stochastic optimization"; Loshchilov & Hutter 2019,
        "Decoupled weight decay regularization"; Reddi, Kale & Kumar 2018, "On the convergence of
        Adam and beyond" (amsgrad)
Torch:  torch.optim.Adam, AdamW
"""

from math import sqrt
from typing import Any

import torch
from torch import Tensor

from .stepping import FirstOrder

__all__ = ["Adam", "AdamW"]


class Adam(FirstOrder):
    """Step by ``-lr m' / (sqrt(s') + eps)``.

    ``m = beta1 m + (1 - beta1) g`` and ``s = beta2 s + (1 - beta2) g^2``. At step t, counted from
    1, ``m' = m / (1 - beta1^t)`` and ``s' = s / (1 - beta2^t)``.

    Args:
        params: parameters or groups of them.
        lr: learning rate, and about the size of the first step.
        betas: shares of the two averages that are kept.
        eps: keeps the division from zero.
        weight_decay: pull towards zero, added to the gradient.
        amsgrad: whether to divide by the largest s so far.
        maximize: go up instead of down.

    Raises:
        ValueError: if an option is out of its range.

    >>> w = torch.tensor([1.0, 1.0], requires_grad=True)
    >>> w.grad = torch.tensor([100.0, -0.01])
    >>> Adam([w], lr=0.5, eps=0.0).step()
    >>> [round(value, 6) for value in w.tolist()]
    [0.5, 1.5]
    """

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            betas=betas,
            eps=eps,
            weight_decay=weight_decay,
            amsgrad=amsgrad,
            maximize=maximize,
        )

    def update(
        self,
        parameter: Tensor,
        grad: Tensor,
        state: dict[str, Any],
        group: dict[str, Any],
    ) -> None:
        """Renew both averages, correct them for their start, and divide."""
        if not state:
            self._begin(parameter, state, group)
        state["step"] += 1
        t, (beta1, beta2) = state["step"].item(), group["betas"]
        mean, square = state["exp_avg"], state["exp_avg_sq"]
        mean.lerp_(grad, 1 - beta1)
        square.mul_(beta2).addcmul_(grad, grad, value=1 - beta2)
        if group["amsgrad"]:
            largest = state["max_exp_avg_sq"]
            square = torch.maximum(largest, square, out=largest)
        scale = square.sqrt().div_(sqrt(1 - beta2**t)).add_(group["eps"])
        parameter.addcdiv_(mean, scale, value=-group["lr"] / (1 - beta1**t))

    def _begin(
        self, parameter: Tensor, state: dict[str, Any], group: dict[str, Any]
    ) -> None:
        state["step"] = torch.tensor(0.0)
        state["exp_avg"] = torch.zeros_like(parameter)
        state["exp_avg_sq"] = torch.zeros_like(parameter)
        if group["amsgrad"]:
            state["max_exp_avg_sq"] = torch.zeros_like(parameter)


class AdamW(Adam):
    """Adam, with weights that shrink by the factor ``1 - lr weight_decay`` before each step.

    Args:
        params: parameters or groups of them.
        lr: learning rate.
        betas: shares of the two averages that are kept.
        eps: keeps the division from zero.
        weight_decay: as above; the gradient does not see it.
        amsgrad: whether to divide by the largest s so far.
        maximize: go up instead of down.

    Raises:
        ValueError: if an option is out of its range.

    >>> w = torch.tensor([2.0], requires_grad=True)
    >>> w.grad = torch.zeros(1)
    >>> AdamW([w], lr=0.5, weight_decay=0.5).step()
    >>> w.item()
    1.5
    """

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
        amsgrad: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params, lr, betas, eps, weight_decay, amsgrad, maximize=maximize
        )

    def decay(self, parameter: Tensor, grad: Tensor, group: dict[str, Any]) -> Tensor:
        """Shrink the parameter itself, and leave the gradient as it is."""
        parameter.mul_(1 - group["lr"] * group["weight_decay"])
        return grad
