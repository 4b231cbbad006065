"""Stopping: the check of early_stopping, over a list of losses that are all known."""

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.optim.regularization import EarlyStopping

__all__ = ["early_stopping"]


def _draw_losses(draw: Draw) -> Case:
    """Draw losses that fall and rise, with ties, and lower again after the patience is at its end.

    They fall to a lowest tenth, rest on it, rise for as long as the patience, and fall below it.
    """
    patience, least = draw.integer(2, 3), draw.integer(3, 6)
    falling = torch.arange(least + draw.side(), least, -1)
    first = torch.stack([falling, falling + 2], dim=1).flatten()
    resting = torch.tensor([least, least + 1])
    last = draw.integer(0, 1)
    tie = torch.tensor([least] * last, dtype=torch.long)
    rising = least + 1 + torch.arange(patience + 2)
    losses = torch.cat([first, resting, tie, rising, torch.tensor([least - 1, least])])
    return Case({"losses": losses.double() / 10, "patience": patience})


def _stop(losses: Tensor, patience: int) -> tuple[int, int]:
    stopping = EarlyStopping(patience)
    for loss in losses.tolist():
        if stopping.update(loss):
            break
    return stopping.best_at, stopping.seen - 1


def _ties_count(losses: Tensor, patience: int) -> tuple[int, int]:
    # Each loss a little lower than the one before: of two equal ones the later is the lowest.
    tilt = torch.arange(len(losses), dtype=losses.dtype) / (1000 * len(losses))
    return _stop(losses - tilt, patience)


def _never_reset(losses: Tensor, patience: int) -> tuple[int, int]:
    misses, best = 0, 0
    for epoch, loss in enumerate(losses.tolist()):
        if loss < losses[best] or epoch == 0:
            best = epoch
        else:
            misses += 1
        if misses == patience:
            break
    return best, epoch


def _against_the_last(losses: Tensor, patience: int) -> tuple[int, int]:
    misses = 0
    for epoch in range(1, len(losses)):
        misses = 0 if losses[epoch] < losses[epoch - 1] else misses + 1
        if misses == patience:
            break
    return int(losses[: epoch + 1].argmin()), epoch


def _to_the_end(losses: Tensor, patience: int) -> tuple[int, int]:
    return int(losses.argmin()), len(losses) - 1


early_stopping = Check(
    task="early_stopping",
    draw=_draw_losses,
    reference=_stop,
    mistakes=(
        Mistake(
            "the last epoch is returned as the best one",
            "By the time the training ends, the best epoch is patience epochs ago.",
            lambda **given: (_stop(**given)[1],) * 2,
        ),
        Mistake(
            "it goes on for one epoch too many",
            "Stop as soon as patience epochs in a row have brought no new lowest loss.",
            lambda losses, patience: (
                _stop(losses, patience)[0],
                _stop(losses, patience + 1)[1],
            ),
        ),
        Mistake(
            "it stops one epoch too soon",
            "patience epochs in a row may fail; the training ends with the last of them.",
            lambda losses, patience: _stop(losses, patience - 1),
        ),
        Mistake(
            "the misses are never set back to 0",
            "Only epochs in a row count: a new lowest loss starts the count again.",
            _never_reset,
        ),
        Mistake(
            "a loss equal to the lowest counts as a new one",
            "It has to be lower. Equal losses could go on for ever.",
            _ties_count,
        ),
        Mistake(
            "each loss is compared with the one before",
            "Compare with the lowest so far: a loss that falls after a rise may still be high.",
            _against_the_last,
        ),
        Mistake(
            "it looks beyond its own end",
            "Losses after the last epoch are those of a training that never happens.",
            _to_the_end,
        ),
    ),
    cases=12,
)
