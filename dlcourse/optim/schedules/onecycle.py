"""Onecycle: go up to a rate that would not do for long, and down to almost nothing.

While the rate rises the momentum falls, so that the length of a steady step, the rate over one
minus the momentum, rises less than the rate; as the rate goes down the momentum comes back.

Paper:  Smith & Topin 2019, "Super-convergence: very fast training of neural networks using large
        learning rates"; Smith 2018, "A disciplined approach to neural network hyper-parameters"
Torch:  torch.optim.lr_scheduler.OneCycleLR
"""

from typing import Any

from torch.optim import Optimizer

from .annealing import ANNEALINGS
from .refusals import refuse_count, refuse_factor, refuse_outside
from .schedule import Rate, Schedule

__all__ = ["OneCycleLR"]


class OneCycleLR(Schedule):
    """Go from ``max_lr / div_factor`` to ``max_lr``, and from there to almost nothing.

    The last rate is the first over ``final_div_factor``. With ``three_phase`` the way down takes
    as long as the way up and ends at the first rate, from which a third leg leads to the last.

    Args:
        optimizer: whose rates, and momentum, to change.
        max_lr: the highest rate, for all groups or one each.
        total_steps: steps of the whole cycle, at least 1.
        epochs: passes over the data, to give with ``steps_per_epoch`` instead.
        steps_per_epoch: steps of one pass.
        pct_start: share of the steps that go up.
        anneal_strategy: "cos" or "linear".
        cycle_momentum: whether the momentum goes the other way.
        base_momentum: the lowest momentum, or first beta, for all groups or one each.
        max_momentum: the highest.
        div_factor: the highest rate over the first.
        final_div_factor: the first rate over the last.
        three_phase: whether the way down stops at the first rate.
        last_epoch: steps that were done before; -1 for a new run.

    Raises:
        ValueError: if an option is out of its range, a list is not as long as the groups, or the
            optimizer has no momentum to cycle; at a step beyond the last.

    >>> optimizer = torch.optim.SGD([torch.zeros(1)])
    >>> options = {"pct_start": 0.5, "anneal_strategy": "linear", "cycle_momentum": False}
    >>> schedule = OneCycleLR(optimizer, 8.0, total_steps=6, div_factor=2.0, **options)
    >>> [round(schedule.at(4.0, step), 2) for step in range(6)]
    [4.0, 6.0, 8.0, 5.33, 2.67, 0.0]
    """

    def __init__(
        self,
        optimizer: Optimizer,
        max_lr: float | list[float],
        total_steps: int | None = None,
        epochs: int | None = None,
        steps_per_epoch: int | None = None,
        pct_start: float = 0.3,
        anneal_strategy: str = "cos",
        cycle_momentum: bool = True,
        base_momentum: float | list[float] = 0.85,
        max_momentum: float | list[float] = 0.95,
        div_factor: float = 25.0,
        final_div_factor: float = 1e4,
        three_phase: bool = False,
        last_epoch: int = -1,
    ) -> None:
        self.total_steps = _count(total_steps, epochs, steps_per_epoch)
        refuse_outside("pct_start", pct_start, 0.0, 0.5 if three_phase else 1.0)
        refuse_factor("div_factor", div_factor)
        refuse_factor("final_div_factor", final_div_factor)
        if anneal_strategy not in ANNEALINGS:
            known = " or ".join(f'"{name}"' for name in ANNEALINGS)
            raise ValueError(f'anneal_strategy is "{anneal_strategy}"; say {known}')
        self.pct_start, self.three_phase = pct_start, three_phase
        self.div_factor, self.final_div_factor = div_factor, final_div_factor
        self.anneal_strategy, self.cycle_momentum = anneal_strategy, cycle_momentum
        if last_epoch == -1:
            tops = _each(optimizer, max_lr=max_lr)
            for group, top in zip(optimizer.param_groups, tops, strict=True):
                group["initial_lr"] = top["max_lr"] / div_factor
        if cycle_momentum:
            _refuse_without_momentum(optimizer)
            bounds = {"base_momentum": base_momentum, "max_momentum": max_momentum}
            if last_epoch == -1:
                each = _each(optimizer, **bounds)
                for group, bound in zip(optimizer.param_groups, each, strict=True):
                    group.update(bound)
        super().__init__(optimizer, last_epoch)

    def at(self, base: Rate, step: int) -> Rate:
        """Go along the present leg, between two of the rates the cycle passes."""
        first, top, last = base, base * self.div_factor, base / self.final_div_factor
        return self._along([first, top, *[first] * self.three_phase, last], step)

    def step(self, epoch: int | None = None) -> None:
        """Set the rates, then the momentum."""
        super().step(epoch)
        if not self.cycle_momentum:
            return
        for group in self.optimizer.param_groups:
            low, high = group["base_momentum"], group["max_momentum"]
            marks = [high, low, high, *[high] * self.three_phase]
            momentum = self._along(marks, self.last_epoch)
            if "betas" in group:
                group["betas"] = (momentum, *group["betas"][1:])
            else:
                group["momentum"] = momentum

    def _along(self, marks: list[Rate], step: int) -> Rate:
        """Find the leg that holds the step, and go along it from one mark to the next."""
        if step > self.total_steps:
            raise ValueError(
                f"step {step} is beyond the cycle, which has {self.total_steps} steps"
            )
        begin, leg = 0.0, 0
        ends = self._ends()
        while step > ends[leg] and leg < len(ends) - 1:
            begin, leg = ends[leg], leg + 1
        # A leg may be empty: then its end is reached.
        share = (step - begin) / (ends[leg] - begin) if ends[leg] > begin else 1.0
        return ANNEALINGS[self.anneal_strategy](marks[leg], marks[leg + 1], share)

    def _ends(self) -> list[float]:
        """Say where each leg ends, in steps; a leg may end between two of them."""
        rise = self.pct_start * self.total_steps
        back = [2 * rise - 2] if self.three_phase else []
        return [rise - 1, *back, self.total_steps - 1.0]


def _count(total: int | None, epochs: int | None, steps_per_epoch: int | None) -> int:
    """Work out the steps of the cycle."""
    if total is None and epochs is not None and steps_per_epoch is not None:
        refuse_count("epochs", epochs)
        refuse_count("steps_per_epoch", steps_per_epoch)
        return epochs * steps_per_epoch
    if total is None:
        raise ValueError(
            "total_steps is None; say how many, or give epochs and steps_per_epoch"
        )
    refuse_count("total_steps", total)
    return total


def _each(
    optimizer: Optimizer, **options: float | list[float]
) -> list[dict[str, float]]:
    """Deal options out to the groups: a list has one for each, a number serves all."""
    count = len(optimizer.param_groups)
    dealt: list[dict[str, Any]] = [{} for _ in range(count)]
    for name, option in options.items():
        values = option if isinstance(option, list) else [option] * count
        if len(values) != count:
            raise ValueError(
                f"{name} has {len(values)} values for {count} parameter groups"
            )
        for value, own in zip(values, dealt, strict=True):
            refuse_factor(name, value)
            own[name] = value
    return dealt


def _refuse_without_momentum(optimizer: Optimizer) -> None:
    if not {"momentum", "betas"} & set(optimizer.defaults):
        raise ValueError(
            f"{type(optimizer).__name__} has no momentum; say cycle_momentum=False"
        )
