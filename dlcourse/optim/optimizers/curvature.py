"""Curvature: how a function bends, remembered as the last few steps and what they changed.

A matrix of second derivatives has an entry for every pair of weights. But a step s and the change y
of the gradient along it already say how the function bends in that direction, and a few such pairs
make a good direction out of a gradient, in two loops over them.

Axes:   d entries of all parameters, flattened
Paper:  Liu & Nocedal 1989, "On the limited memory BFGS method for large scale optimization";
        Nocedal & Wright 2006, "Numerical optimization", algorithm 7.4
Torch:  a part of torch.optim.LBFGS, whose names the state has
"""

from typing import Any

from jaxtyping import Float
from torch import Tensor

__all__ = ["remember", "two_loops"]

LEAST_CURVATURE = 1e-10
"""A pair with less bends the wrong way, or not at all, and would spoil the direction."""


def remember(
    state: dict[str, Any],
    step: Float[Tensor, "d"],
    change: Float[Tensor, "d"],
    history_size: int,
) -> None:
    """Add a pair to the state in place, drop the oldest if there are too many.

    The scale ``s y / y y`` is the inverse second derivative along the newest step.
    """
    curvature = change.dot(step).item()
    if curvature <= LEAST_CURVATURE:
        return
    if len(state["ro"]) == history_size:
        for name in ("old_stps", "old_dirs", "ro"):
            state[name].pop(0)
    state["old_stps"].append(step)
    state["old_dirs"].append(change)
    state["ro"].append(1 / curvature)
    state["H_diag"] = curvature / change.dot(change).item()


def two_loops(
    gradient: Float[Tensor, "d"], state: dict[str, Any]
) -> Float[Tensor, "d"]:
    """Multiply minus the gradient by the inverse second derivatives that the pairs stand for.

    >>> pair = torch.tensor([1.0, 0.0]), torch.tensor([4.0, 0.0])  # a second derivative of 4
    >>> state = {"old_stps": pair[:1], "old_dirs": pair[1:], "ro": [1 / 4], "H_diag": 1 / 4}
    >>> two_loops(torch.tensor([8.0, 8.0]), state)
    tensor([-2., -2.])
    """
    pairs = list(zip(state["old_stps"], state["old_dirs"], state["ro"], strict=True))
    direction, shares = -gradient, []
    for step, change, inverse in reversed(pairs):
        shares.append(step.dot(direction).item() * float(inverse))
        direction.add_(change, alpha=-shares[-1])
    direction.mul_(state["H_diag"])
    for (step, change, inverse), share in zip(pairs, reversed(shares), strict=True):
        rest = share - change.dot(direction).item() * float(inverse)
        direction.add_(step, alpha=rest)
    return direction
