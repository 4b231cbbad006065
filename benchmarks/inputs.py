"""Inputs: boxes as detectors meet them, and a call with its backward pass."""

from collections.abc import Callable

import torch
from torch import Tensor

from benchmarks.family import Pair
from benchmarks.place import Place
from dlcourse.training import generator

__all__ = ["clustered", "forward", "uniform", "with_backward"]


def uniform(n: int) -> Tensor:
    """Scatter boxes so thinly that few suppress each other."""
    source = generator(0)
    corner = 60 * n**0.5 * torch.rand(n, 2, generator=source)
    sides = 20 + 60 * torch.rand(n, 2, generator=source)
    return torch.cat([corner, corner + sides], dim=1)


def clustered(n: int) -> Tensor:
    """Make heaps of twenty, as a detector's answers lie on its objects."""
    heaps = uniform(-(-n // 20)).repeat_interleave(20, dim=0)[:n]
    return heaps + 4 * torch.rand(n, 4, generator=generator(1))


def forward(
    ours: Callable[[Tensor], Tensor],
    theirs: Callable[[Tensor], Tensor],
    x: Tensor,
    place: Place,
    tolerance: float = 0.0,
) -> Pair:
    """Compute alone, without a graph, once both agree."""
    place.agree(ours(x), theirs(x), tolerance)
    return lambda: ours(x), lambda: theirs(x)


def with_backward(
    ours: Callable[[Tensor], Tensor],
    theirs: Callable[[Tensor], Tensor],
    x: Tensor,
    place: Place,
    tolerance: float = 0.0,
) -> Pair:
    """Compute, and go back to the input with slopes that all differ, once both agree."""
    x = x.detach().requires_grad_()
    dy = place.draw(*theirs(x).shape, seed=9)

    def both(function: Callable[[Tensor], Tensor]) -> Tensor:
        return torch.autograd.grad(function(x), x, dy)[0]

    place.agree(both(ours), both(theirs), tolerance)
    return lambda: both(ours), lambda: both(theirs)
