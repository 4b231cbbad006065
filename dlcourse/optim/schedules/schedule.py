"""Schedule: a rate that follows from the first rate and the number of steps, and from nothing else.

torch multiplies the present rate at every step; here each rate is worked out anew. Both give the
same numbers, but a formula can be drawn, joined to another and resumed anywhere, and it gathers no
rounding errors.

Torch:  torch.optim.lr_scheduler.LRScheduler keeps the count and hands the rates to the optimizer
"""

from abc import abstractmethod

from torch import Tensor
from torch.optim.lr_scheduler import LRScheduler

__all__ = ["Rate", "Schedule"]

Rate = float | Tensor
"""A learning rate; an optimizer may hold it in a tensor of one entry."""


class Schedule(LRScheduler):
    """A schedule that is one function: :meth:`at`.

    Args:
        optimizer: its rates are the first ones, a group each.
        last_epoch: steps that were done before; -1 for a new run.
    """

    @abstractmethod
    def at(self, base: Rate, step: int) -> Rate:
        """Give the rate at a step, counted from 0, of a group made with ``base``."""

    def get_lr(self) -> list[Rate]:
        """Give the present rate of every group."""
        return [self.at(base, self.last_epoch) for base in self.base_lrs]
