"""Staircase: hold the rate, then drop it.

The first networks to win ImageNet were trained so: at a constant rate until nothing improves, then
at a tenth of it. The steps of the stair are at even distances, or where somebody put them.

Paper:  Krizhevsky, Sutskever & Hinton 2012, "ImageNet classification with deep convolutional neural
        networks"
Torch:  torch.optim.lr_scheduler.StepLR, MultiStepLR
"""

from bisect import bisect_right
from collections.abc import Iterable

from torch.optim import Optimizer

from .refusals import refuse_count, refuse_factor
from .schedule import Rate, Schedule

__all__ = ["MultiStepLR", "StepLR"]


class StepLR(Schedule):
    """Multiply the rate by ``gamma`` after every ``step_size`` steps.

    Args:
        optimizer: whose rates to change.
        step_size: steps between two drops.
        gamma: share of the rate that is left.
        last_epoch: steps that were done before; -1 for a new run.

    Raises:
        ValueError: if ``step_size`` is below 1 or ``gamma`` not above 0.

    >>> schedule = StepLR(torch.optim.SGD([torch.zeros(1)]), step_size=2, gamma=0.5)
    >>> [schedule.at(8.0, step) for step in range(5)]
    [8.0, 8.0, 4.0, 4.0, 2.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        step_size: int,
        gamma: float = 0.1,
        last_epoch: int = -1,
    ) -> None:
        refuse_count("step_size", step_size)
        refuse_factor("gamma", gamma)
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer, last_epoch)

    def at(self, base: Rate, step: int) -> Rate:
        """Count the drops so far."""
        return base * self.gamma ** (step // self.step_size)


class MultiStepLR(Schedule):
    """Multiply the rate by ``gamma`` at each of the ``milestones``.

    Args:
        optimizer: whose rates to change.
        milestones: steps, in any order; one that is named twice drops the rate twice.
        gamma: share of the rate that is left.
        last_epoch: steps that were done before; -1 for a new run.

    Raises:
        ValueError: if a milestone is below 1 or ``gamma`` not above 0.

    >>> schedule = MultiStepLR(torch.optim.SGD([torch.zeros(1)]), milestones=[1, 4], gamma=0.5)
    >>> [schedule.at(8.0, step) for step in range(5)]
    [8.0, 4.0, 4.0, 4.0, 2.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        milestones: Iterable[int],
        gamma: float = 0.1,
        last_epoch: int = -1,
    ) -> None:
        self.drops, self.gamma = sorted(milestones), gamma
        for milestone in self.drops:
            refuse_count("a milestone", milestone)
        refuse_factor("gamma", gamma)
        super().__init__(optimizer, last_epoch)

    def at(self, base: Rate, step: int) -> Rate:
        """Count the milestones that are reached."""
        return base * self.gamma ** bisect_right(self.drops, step)
