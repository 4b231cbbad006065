"""Cosine: let the rate fall along half a cosine, once, or again and again.

There is no time at which to drop and no factor to choose, only the length of the run. With warm
restarts the rate jumps back up, and the run may leave the valley it has settled in.

Paper:  Loshchilov & Hutter 2017, "SGDR: stochastic gradient descent with warm restarts"
Torch:  torch.optim.lr_scheduler.CosineAnnealingLR, CosineAnnealingWarmRestarts
"""

from torch.optim import Optimizer

from .annealing import along_cosine
from .refusals import refuse_count
from .schedule import Rate, Schedule

__all__ = ["CosineAnnealingLR", "CosineAnnealingWarmRestarts"]


class CosineAnnealingLR(Schedule):
    """Fall from the first rate to ``eta_min`` in ``T_max`` steps, along half a cosine.

    Past ``T_max`` the cosine goes on, so the rate rises again.

    Args:
        optimizer: whose rates to change.
        T_max: steps of the fall.
        eta_min: the lowest rate.
        last_epoch: steps that were done before; -1 for a new run.

    Raises:
        ValueError: if ``T_max`` is below 1.

    >>> schedule = CosineAnnealingLR(torch.optim.SGD([torch.zeros(1)]), T_max=4)
    >>> [round(schedule.at(2.0, step), 6) for step in (0, 2, 4, 6)]
    [2.0, 1.0, 0.0, 1.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        T_max: int,  # noqa: N803 - torch's name
        eta_min: float = 0.0,
        last_epoch: int = -1,
    ) -> None:
        refuse_count("T_max", T_max)
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer, last_epoch)

    def at(self, base: Rate, step: int) -> Rate:
        """Follow the cosine."""
        return along_cosine(base, self.eta_min, step / self.T_max)


class CosineAnnealingWarmRestarts(Schedule):
    """Fall along half a cosine, jump back up, and fall again, each time ``T_mult`` times as long.

    Args:
        optimizer: whose rates to change.
        T_0: steps of the first fall.
        T_mult: how many times as long each fall is as the one before.
        eta_min: the rate that a fall leads to; the jump comes one step before it is reached.
        last_epoch: steps that were done before; -1 for a new run.

    Raises:
        ValueError: if ``T_0`` or ``T_mult`` is below 1.

    >>> schedule = CosineAnnealingWarmRestarts(torch.optim.SGD([torch.zeros(1)]), 2, T_mult=2)
    >>> [round(schedule.at(2.0, step), 6) for step in (0, 1, 2, 4, 6)]
    [2.0, 1.0, 2.0, 1.0, 2.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        T_0: int,  # noqa: N803 - torch's names
        T_mult: int = 1,  # noqa: N803
        eta_min: float = 0.0,
        last_epoch: int = -1,
    ) -> None:
        refuse_count("T_0", T_0)
        refuse_count("T_mult", T_mult)
        self.T_0, self.T_mult, self.eta_min = T_0, T_mult, eta_min
        super().__init__(optimizer, last_epoch)

    def at(self, base: Rate, step: int) -> Rate:
        """Follow the cosine of the present fall."""
        since, length = self._fall(step)
        return along_cosine(base, self.eta_min, since / length)

    def _fall(self, step: int) -> tuple[int, int]:
        """Say how many steps of the present fall are done, and how many it has."""
        if self.T_mult == 1:
            return step % self.T_0, self.T_0
        length = self.T_0
        while step >= length:
            step -= length
            length *= self.T_mult
        return step, length
