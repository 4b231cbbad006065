"""Stepping: what all methods of the gradient alone share, so that each adds one rule.

A step visits every parameter that has a gradient, turns the gradient if the aim is a maximum, adds
the pull of weight decay, and hands it to the rule with the parameter's own memory. The rules work
in place: a network's weights and averages are moved, not made anew, at every step.

Torch:  torch.optim.Optimizer keeps the groups and the state; torch's rules each repeat the rest
"""

from abc import abstractmethod
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from .refusals import refuse_complex, refuse_options, refuse_sparse

__all__ = ["FirstOrder"]


class FirstOrder(Optimizer):
    """An optimizer that moves each parameter by a rule of its own gradient: :meth:`update`.

    Args:
        params: parameters, or dicts that each hold some under "params" with options of their own.
        options: those of the rule, ``lr``, ``weight_decay`` and ``maximize`` among them, for all
            groups that do not set them.

    Raises:
        ValueError: if an option of a group is out of its range.
        TypeError: if a parameter is complex.
    """

    def __init__(self, params: Any, **options: Any) -> None:
        super().__init__(params, options)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add parameters, with options of their own for those that differ."""
        super().add_param_group(param_group)
        refuse_options(param_group)
        refuse_complex(param_group["params"])

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Move every parameter once.

        Args:
            closure: computes the loss and its gradients anew; without one, they must be there.

        Returns:
            What the closure gave: the loss before the step.

        Raises:
            RuntimeError: if a gradient is sparse.
        """
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            refuse_sparse(type(self).__name__, group["params"])
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.grad is not None:
                    self._move(parameter, group)
        return loss

    def _move(self, parameter: Tensor, group: dict[str, Any]) -> None:
        grad = -parameter.grad if group["maximize"] else parameter.grad
        if group["weight_decay"]:
            grad = self.decay(parameter, grad, group)
        self.update(parameter, grad, self.state[parameter], group)

    def decay(self, parameter: Tensor, grad: Tensor, group: dict[str, Any]) -> Tensor:
        """Add the slope of ``weight_decay / 2 * parameter^2`` to the gradient, as L2 does."""
        return grad.add(parameter, alpha=group["weight_decay"])

    @abstractmethod
    def update(
        self,
        parameter: Tensor,
        grad: Tensor,
        state: dict[str, Any],
        group: dict[str, Any],
    ) -> None:
        """Move the parameter and renew its state, both in place.

        Args:
            parameter: to be moved.
            grad: the slope to go down, never to be changed.
            state: the parameter's memory, empty at its first step.
            group: the options that hold for it.
        """
