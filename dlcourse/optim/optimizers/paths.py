"""Paths: run an optimizer on a function and keep the points it visits.

Axes:   d entries of a point
Torch:  the loop that torch leaves to its users
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor
from torch.optim import Optimizer

__all__ = ["optimizer_path"]


def optimizer_path(
    function: Callable[[Tensor], Tensor],
    start: Float[Tensor, "d"],
    make: Callable[[list[Tensor]], Optimizer],
    steps: int,
) -> Float[Tensor, "{steps}+1 d"]:
    """Call ``step`` again and again, and note the point before and after each.

    Args:
        function: takes a point and returns a tensor without axes.
        start: the first point.
        make: builds the optimizer, given the parameters.
        steps: how many to take.

    >>> def make(parameters):
    ...     return torch.optim.SGD(parameters, lr=0.5)
    >>> optimizer_path(lambda w: (w**2).sum() / 2, torch.tensor([4.0]), make, steps=2).tolist()
    [[4.0], [2.0], [1.0]]
    """
    point = start.clone().requires_grad_()
    optimizer = make([point])

    def closure() -> Tensor:
        optimizer.zero_grad()
        height = function(point)
        height.backward()
        return height

    path = [start]
    for _ in range(steps):
        optimizer.step(closure)
        path.append(point.detach().clone())
    return torch.stack(path)
