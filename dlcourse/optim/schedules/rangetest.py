"""Range test: raise the rate from far too small to far too large within one short run.

While the rate is too small nothing happens; then the loss falls; then the steps are too large and
it flies off. A schedule's highest rate belongs before that, and one run of a few seconds shows it.

Axes:   n steps that were taken
Paper:  Smith 2017, "Cyclical learning rates for training neural networks", section 3.3, where the
        rate rises along a line; here every step multiplies it, which tries all magnitudes alike
Torch:  none
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from math import isfinite, log10
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor
from torch.optim import Optimizer

from .refusals import refuse_count, refuse_factor

__all__ = ["range_test"]

LOST = 4.0
"""The test ends where the loss is this many times the lowest so far."""


def range_test(
    optimizer: Optimizer,
    closure: Callable[[], Tensor],
    start: float = 1e-5,
    end: float = 10.0,
    steps: int = 100,
) -> tuple[Float[Tensor, "n"], Float[Tensor, "n"]]:
    """Take steps at rates from ``start`` to ``end``, and note the loss before each.

    Every group gets the same rate. The test ends early once the loss is lost, and then gives back
    the parameters and the optimizer as they were; running averages of a model are not its to keep.

    Args:
        optimizer: to be tested, as it is.
        closure: draws a batch, computes its loss and the gradients, and returns the loss.
        start: the first rate.
        end: the last rate.
        steps: how many to take at most.

    Returns:
        The rates, and the loss at each.

    Raises:
        ValueError: if a rate is not above 0, ``end`` is not above ``start``, or ``steps`` is
            below 1.

    >>> w = torch.ones(1, requires_grad=True)
    >>> def closure():
    ...     w.grad = w.detach().clone()
    ...     return (w**2).sum() / 2
    >>> rates, losses = range_test(torch.optim.SGD([w]), closure, start=3.0, end=48.0, steps=5)
    >>> rates.round(decimals=6).tolist(), losses.tolist(), w.item()
    ([3.0, 6.0, 12.0], [0.5, 2.0, 50.0], 1.0)
    """
    _refuse(start, end, steps)
    rates = torch.logspace(log10(start), log10(end), steps, dtype=torch.float64)
    losses: list[float] = []
    with _kept(optimizer):
        for rate in rates.tolist():
            for group in optimizer.param_groups:
                group["lr"] = rate
            losses.append(optimizer.step(closure).item())
            if not (isfinite(losses[-1]) and losses[-1] <= LOST * min(losses)):
                break
    return rates[: len(losses)], torch.tensor(losses, dtype=torch.float64)


def _refuse(start: float, end: float, steps: int) -> None:
    refuse_factor("start", start)
    refuse_factor("end", end)
    refuse_count("steps", steps)
    if not end > start:
        raise ValueError(f"end ({end}) must be above start ({start})")


@contextmanager
def _kept(optimizer: Optimizer) -> Iterator[None]:
    """Run a block and give back the parameters and the optimizer as they were."""
    state: dict[str, Any] = deepcopy(optimizer.state_dict())
    parameters = [p for group in optimizer.param_groups for p in group["params"]]
    values = [p.detach().clone() for p in parameters]
    try:
        yield
    finally:
        with torch.no_grad():
            for parameter, value in zip(parameters, values, strict=True):
                parameter.copy_(value)
        optimizer.load_state_dict(state)
        optimizer.zero_grad()
