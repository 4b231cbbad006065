"""SGD: go against the gradient, if wanted with momentum.

Momentum keeps a velocity: what the gradients agree on builds up, what they disagree on cancels. In
a ravine that is just what is wanted, fast along and quiet across.

Paper:  Robbins & Monro 1951, "A stochastic approximation method"; Polyak 1964, "Some methods of
        speeding up the convergence of iteration methods"; Sutskever, Martens, Dahl & Hinton 2013,
        "On the importance of initialization and momentum in deep learning" (Nesterov's form)
Torch:  torch.optim.SGD
"""

from typing import Any

from torch import Tensor

from .stepping import FirstOrder

__all__ = ["SGD"]


class SGD(FirstOrder):
    """Step by ``-lr v`` with the velocity ``v = momentum v + (1 - dampening) g``.

    The first velocity is the first gradient, undampened. With ``nesterov`` the step is
    ``-lr (g + momentum v)``, which looks ahead to where the velocity leads.

    Args:
        params: parameters or groups of them.
        lr: learning rate.
        momentum: share of the velocity that is kept; 0 is plain gradient descent.
        dampening: share of the gradient that is held back from the velocity.
        weight_decay: pull towards zero, added to the gradient.
        nesterov: whether to look ahead.
        maximize: go up instead of down.

    Raises:
        ValueError: if an option is below 0, or nesterov lacks momentum or has dampening.

    >>> w = torch.tensor([1.0], requires_grad=True)
    >>> optimizer = SGD([w], lr=0.5, momentum=0.5)
    >>> for _ in range(2):
    ...     w.grad = torch.ones(1)
    ...     optimizer.step()
    >>> w.item()  # 1 - 0.5 * 1 - 0.5 * (0.5 * 1 + 1)
    -0.25
    """

    def __init__(
        self,
        params: Any,
        lr: float = 1e-3,
        momentum: float = 0.0,
        dampening: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
        *,
        maximize: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            momentum=momentum,
            dampening=dampening,
            weight_decay=weight_decay,
            nesterov=nesterov,
            maximize=maximize,
        )

    def update(
        self,
        parameter: Tensor,
        grad: Tensor,
        state: dict[str, Any],
        group: dict[str, Any],
    ) -> None:
        """Add the gradient to the velocity, then move by it."""
        momentum = group["momentum"]
        if momentum:
            velocity = state.get("momentum_buffer")
            if velocity is None:
                velocity = state["momentum_buffer"] = grad.clone()
            else:
                velocity.mul_(momentum).add_(grad, alpha=1 - group["dampening"])
            grad = grad.add(velocity, alpha=momentum) if group["nesterov"] else velocity
        parameter.add_(grad, alpha=-group["lr"])
