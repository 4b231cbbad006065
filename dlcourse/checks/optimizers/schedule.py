"""Schedule: the check of cosine_schedule, a learning rate that warms up and then falls."""

from collections.abc import Callable
from math import pi

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake

__all__ = ["cosine_schedule"]


def _draw_steps(draw: Draw) -> Case:
    warmup, rest = draw.integer(2, 6), draw.integer(4, 40 if draw.hard else 12)
    return Case(
        {
            "t": torch.arange(warmup + rest, dtype=torch.float64),
            "lr": draw.integer(1, 20) / 10,
            "warmup": warmup,
            "total": warmup + rest,
        }
    )


def _rates(
    rise: Callable[[Tensor, int], Tensor] = lambda t, warmup: (t + 1) / warmup,
    share: Callable[..., Tensor] = lambda t, warmup, total: (
        (t - warmup) / (total - warmup)
    ),
    fall: Callable[[Tensor], Tensor] = lambda share: (1 + torch.cos(pi * share)) / 2,
) -> Callable[..., Tensor]:
    """Make a schedule: how it rises, which share of the fall is over, how high that leaves it."""

    def schedule(t: Tensor, lr: float, warmup: int, total: int) -> Tensor:
        falling = fall(share(t, warmup, total))
        return lr * torch.where(t < warmup, rise(t, warmup), falling)

    return schedule


cosine_schedule = Check(
    task="cosine_schedule",
    draw=_draw_steps,
    reference=_rates(),
    mistakes=(
        Mistake(
            "the warm-up starts from a rate of 0",
            "Step 0 has the first share already, lr / warmup; at 0 it would be wasted.",
            _rates(rise=lambda t, warmup: t / warmup),
        ),
        Mistake(
            "there is no warm-up",
            "For t below warmup, the rate is lr (t + 1) / warmup.",
            _rates(rise=lambda t, warmup: torch.ones_like(t)),
        ),
        Mistake(
            "the cosine starts at step 0 instead of after the warm-up",
            "When the warm-up ends, none of the fall is over: count from there.",
            _rates(share=lambda t, warmup, total: t / total),
        ),
        Mistake(
            "the fall takes total steps instead of those that are left",
            "It has total - warmup steps, or it is cut off before the end.",
            _rates(share=lambda t, warmup, total: (t - warmup) / total),
        ),
        Mistake(
            "the cosine is not halved",
            "1 + cos runs from 2 to 0; the rate starts to fall from lr.",
            _rates(fall=lambda share: 1 + torch.cos(pi * share)),
        ),
        Mistake(
            "the rate becomes negative",
            "The cosine runs from 1 to -1: add 1 and halve.",
            _rates(fall=lambda share: torch.cos(pi * share)),
        ),
        Mistake(
            "the rate falls along a straight line",
            "The share of the fall that is over goes through a cosine.",
            _rates(fall=lambda share: 1 - share),
        ),
    ),
    cases=6,
)
