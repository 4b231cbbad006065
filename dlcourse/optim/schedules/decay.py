"""Decay: let the rate fall a little at every step.

Exponentially it falls by the same share each time, and the rates of all steps together have a
finite sum. As 1/t it falls ever more slowly and the sum has no bound, which is what the proofs of
convergence ask for; as one over a root it falls more slowly still.

Paper:  Robbins & Monro 1951, "A stochastic approximation method"
Torch:  torch.optim.lr_scheduler.ExponentialLR; LambdaLR for the other two
"""

from math import sqrt

from torch.optim import Optimizer

from .refusals import refuse_factor
from .schedule import Rate, Schedule

__all__ = ["ExponentialLR", "InverseSqrtLR", "InverseTimeLR"]


class ExponentialLR(Schedule):
    """Multiply the rate by ``gamma`` at every step: ``base gamma^t``.

    Args:
        optimizer: whose rates to change.
        gamma: share of the rate that is left; ``exp(-k)`` in the notation ``base exp(-k t)``.
        last_epoch: steps that were done before; -1 for a new run.

    Raises:
        ValueError: if ``gamma`` is not above 0.

    >>> schedule = ExponentialLR(torch.optim.SGD([torch.zeros(1)]), gamma=0.5)
    >>> [schedule.at(8.0, step) for step in range(4)]
    [8.0, 4.0, 2.0, 1.0]
    """

    def __init__(
        self, optimizer: Optimizer, gamma: float, last_epoch: int = -1
    ) -> None:
        refuse_factor("gamma", gamma)
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    def at(self, base: Rate, step: int) -> Rate:
        """Multiply once a step."""
        return base * self.gamma**step


class InverseTimeLR(Schedule):
    """Divide the first rate by a line: ``base / (1 + decay_rate t)``.

    Args:
        optimizer: whose rates to change.
        decay_rate: one over the steps until the rate is half the first.
        last_epoch: steps that were done before; -1 for a new run.

    Raises:
        ValueError: if ``decay_rate`` is not above 0.

    >>> schedule = InverseTimeLR(torch.optim.SGD([torch.zeros(1)]), decay_rate=0.5)
    >>> [schedule.at(6.0, step) for step in (0, 2, 4, 10)]
    [6.0, 3.0, 2.0, 1.0]
    """

    def __init__(
        self, optimizer: Optimizer, decay_rate: float, last_epoch: int = -1
    ) -> None:
        refuse_factor("decay_rate", decay_rate)
        self.decay_rate = decay_rate
        super().__init__(optimizer, last_epoch)

    def at(self, base: Rate, step: int) -> Rate:
        """Divide the first rate, never the present one."""
        return base / (1 + self.decay_rate * step)


class InverseSqrtLR(Schedule):
    """Divide the first rate by the root of the epoch: ``base / sqrt(t + 1)``.

    The epochs of the formula ``k / sqrt(epoch)`` count from 1, the steps t from 0; k is the rate
    of the first epoch.

    Args:
        optimizer: whose rates to change.
        last_epoch: steps that were done before; -1 for a new run.

    >>> schedule = InverseSqrtLR(torch.optim.SGD([torch.zeros(1)]))
    >>> [schedule.at(6.0, step) for step in (0, 3, 8)]
    [6.0, 3.0, 2.0]
    """

    def at(self, base: Rate, step: int) -> Rate:
        """Divide by the root of the steps, this one included."""
        return base / sqrt(step + 1)
