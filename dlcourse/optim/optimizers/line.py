"""Line: all parameters moved together along one direction, and measured there.

A line search thinks of one vector and one number. The parameters are many tensors of all shapes,
contiguous or not, so something has to stand between the two.

Axes:   d entries of all parameters, flattened
Torch:  private methods of torch.optim.LBFGS, which flatten by view and so need contiguous
        parameters
"""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from .wolfe import Trial

__all__ = ["Line", "flat_gradient"]


def flat_gradient(parameters: Sequence[Tensor]) -> Float[Tensor, "d"]:
    """Join the gradients of all parameters; one without a gradient counts as zero."""
    grads = (torch.zeros_like(p) if p.grad is None else p.grad for p in parameters)
    return torch.cat([grad.reshape(-1) for grad in grads])


class Line:
    """The points ``start + step * direction``.

    Args:
        parameters: at the start; moved in place.
        direction: one entry for each of theirs.
        measure: gives loss and gradient where the parameters are.
    """

    def __init__(
        self,
        parameters: Sequence[Tensor],
        direction: Float[Tensor, "d"],
        measure: Callable[[], tuple[float, Tensor]],
    ) -> None:
        self.parameters, self.direction, self.measure = parameters, direction, measure
        self.start = [parameter.detach().clone() for parameter in parameters]

    def place(self, step: float) -> None:
        """Move the parameters to a point of the line."""
        parts = self.direction.split([parameter.numel() for parameter in self.start])
        for parameter, first, part in zip(
            self.parameters, self.start, parts, strict=True
        ):
            parameter.copy_(first).add_(part.view(first.shape), alpha=step)

    def attempt(self, step: float) -> Trial:
        """Move there and measure."""
        self.place(step)
        return self.here(step, *self.measure())

    def here(self, step: float, loss: float, gradient: Float[Tensor, "d"]) -> Trial:
        """Say what is known at a point, with its slope along the line."""
        return Trial(step, loss, gradient, gradient.dot(self.direction).item())
