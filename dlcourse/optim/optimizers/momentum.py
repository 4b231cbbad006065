"""Momentum: the notations in which papers and courses write it, as paths to compare.

The velocity may sum the gradients or average them, and Nesterov's gradient may be taken ahead of
the weights or at them. Each pair is one method in two notations, once the rate or the point is
renamed.

Axes:   d entries of a point
Paper:  Polyak 1964, "Some methods of speeding up the convergence of iteration methods"; Nesterov
        1983, "A method of solving a convex programming problem with convergence rate O(1/k^2)";
        Sutskever, Martens, Dahl & Hinton 2013, "On the importance of initialization and momentum in
        deep learning"
Torch:  torch.optim.SGD takes ``velocity_path``, and with nesterov the points ahead of
        ``nesterov_path``
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

__all__ = ["averaged_path", "nesterov_path", "velocity_path"]

Point = Float[Tensor, "d"]
Path = Float[Tensor, "{steps}+1 d"]
Gradient = Callable[[Point], Point]


def velocity_path(
    gradient: Gradient, start: Point, lr: float, momentum: float, steps: int
) -> Path:
    """Sum the gradients: ``v = momentum v + g``, then ``w = w - lr v``.

    >>> velocity_path(torch.ones_like, torch.zeros(1), lr=1.0, momentum=0.5, steps=2).tolist()
    [[0.0], [-1.0], [-2.5]]
    """
    path, velocity = [start], torch.zeros_like(start)
    for _ in range(steps):
        velocity = momentum * velocity + gradient(path[-1])
        path.append(path[-1] - lr * velocity)
    return torch.stack(path)


def averaged_path(
    gradient: Gradient, start: Point, lr: float, beta: float, steps: int
) -> Path:
    """Average the gradients: ``m = beta m + (1 - beta) g``, then ``w = w - lr m``.

    Since ``m = (1 - beta) v``, it is :func:`velocity_path` at the rate ``(1 - beta) lr``.

    >>> averaged_path(torch.ones_like, torch.zeros(1), lr=2.0, beta=0.5, steps=2).tolist()
    [[0.0], [-1.0], [-2.5]]
    """
    path, mean = [start], torch.zeros_like(start)
    for _ in range(steps):
        mean = beta * mean + (1 - beta) * gradient(path[-1])
        path.append(path[-1] - lr * mean)
    return torch.stack(path)


def nesterov_path(
    gradient: Gradient, start: Point, lr: float, momentum: float, steps: int
) -> tuple[Path, Path]:
    """Look ahead first: ``v = momentum v - lr g(w + momentum v)``, then ``w = w + v``.

    Returns:
        The points w, and the points ``w + momentum v`` that lie ahead of them.

    >>> points, ahead = nesterov_path(
    ...     torch.ones_like, torch.zeros(1), lr=1.0, momentum=0.5, steps=2
    ... )
    >>> points.tolist(), ahead.tolist()
    ([[0.0], [-1.0], [-2.5]], [[0.0], [-1.5], [-3.25]])
    """
    path, ahead, velocity = [start], [start], torch.zeros_like(start)
    for _ in range(steps):
        velocity = momentum * velocity - lr * gradient(ahead[-1])
        path.append(path[-1] + velocity)
        ahead.append(path[-1] + momentum * velocity)
    return torch.stack(path), torch.stack(ahead)
