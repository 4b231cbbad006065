"""Warmup: rise along a line to the rate one wants, and only then begin to fall.

At first a network's weights change fast, and steps that will be right later are too large. A rise
alone is half a schedule, so here is also what joins two.

Paper:  Goyal et al. 2017, "Accurate, large minibatch SGD: training ImageNet in 1 hour"
Torch:  torch.optim.lr_scheduler.LinearLR, SequentialLR
"""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from torch.optim import Optimizer

from .annealing import along_line
from .refusals import refuse_count, refuse_factor, refuse_outside
from .schedule import Rate, Schedule

__all__ = ["LinearLR", "SequentialLR"]


class LinearLR(Schedule):
    """Go from ``start_factor`` to ``end_factor`` times the rate in ``total_iters`` steps, and stay.

    Args:
        optimizer: whose rates to change.
        start_factor: share of the rate at step 0.
        end_factor: share of the rate at the end.
        total_iters: steps from the one to the other.
        last_epoch: steps that were done before; -1 for a new run.

    Raises:
        ValueError: if a factor is no share of 1, the first is 0, or ``total_iters`` is below 1.

    >>> schedule = LinearLR(torch.optim.SGD([torch.zeros(1)]), start_factor=0.5, total_iters=2)
    >>> [schedule.at(4.0, step) for step in range(4)]
    [2.0, 3.0, 4.0, 4.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
        last_epoch: int = -1,
    ) -> None:
        refuse_factor("start_factor", start_factor)
        refuse_outside("start_factor", start_factor, 0.0, 1.0)
        refuse_outside("end_factor", end_factor, 0.0, 1.0)
        refuse_count("total_iters", total_iters)
        self.start_factor, self.end_factor = start_factor, end_factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    def at(self, base: Rate, step: int) -> Rate:
        """Follow the line, and stay where it ends."""
        share = min(step / self.total_iters, 1.0)
        return base * along_line(self.start_factor, self.end_factor, share)


class SequentialLR(Schedule):
    """Follow one schedule after another; each counts its steps from where it takes over.

    Args:
        optimizer: whose rates to change.
        schedulers: schedules of this module, made for the same optimizer.
        milestones: the step at which each but the first takes over.
        last_epoch: steps that were done before; -1 for a new run.

    Raises:
        ValueError: if the milestones are not one fewer than the schedules, or do not rise, or a
            schedule belongs to another optimizer.

    >>> optimizer = torch.optim.SGD([torch.zeros(1)], lr=4.0)
    >>> parts = [LinearLR(optimizer, 0.5, total_iters=2), LinearLR(optimizer, 1.0, 0.5, 2)]
    >>> schedule = SequentialLR(optimizer, parts, milestones=[2])
    >>> [schedule.at(4.0, step) for step in range(5)]
    [2.0, 3.0, 4.0, 3.0, 2.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        schedulers: Sequence[Schedule],
        milestones: Sequence[int],
        last_epoch: int = -1,
    ) -> None:
        if len(milestones) != len(schedulers) - 1:
            raise ValueError(
                f"there are {len(schedulers)} schedulers and {len(milestones)} milestones; "
                "each scheduler but the first needs one"
            )
        if any(later <= sooner for sooner, later in pairwise([0, *milestones])):
            raise ValueError(f"milestones {list(milestones)} must rise, from above 0")
        if any(each.optimizer is not optimizer for each in schedulers):
            raise ValueError("every scheduler must belong to the optimizer of them all")
        self.schedulers, self.milestones = list(schedulers), list(milestones)
        super().__init__(optimizer, last_epoch)

    def at(self, base: Rate, step: int) -> Rate:
        """Ask the schedule whose turn it is."""
        turn = bisect_right(self.milestones, step)
        begun = self.milestones[turn - 1] if turn else 0
        return self.schedulers[turn].at(base, step - begun)

    def state_dict(self) -> dict[str, Any]:
        """Give all but the schedules: they are formulas, and have nothing to remember."""
        state = super().state_dict()
        del state["schedulers"]
        return state
