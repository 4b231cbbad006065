"""Clipping: the check of clip_by_norm."""

from collections.abc import Callable

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake

__all__ = ["clip_by_norm"]


def _total(*gradients: Tensor) -> Tensor:
    return torch.cat([gradient.flatten() for gradient in gradients]).norm()


def _scaled(
    factor: Callable[[Tensor, Tensor, float], Tensor],
) -> Callable[[Tensor, Tensor, float], tuple[Tensor, Tensor]]:
    """Multiply both gradients by one factor."""

    def clip(dweight: Tensor, dbias: Tensor, max_norm: float) -> tuple[Tensor, Tensor]:
        common = factor(dweight, dbias, max_norm)
        return dweight * common, dbias * common

    return clip


def _draw_gradients(draw: Draw) -> Case:
    units = draw.side(1)
    dweight, dbias = draw.tensor(units, draw.side(1)), draw.tensor(units)
    # As often below the limit as above it, and away from the limit of one of the two alone.
    share = (0.25, 0.5, 1.5, 3.0)[draw.integer(0, 3)]
    max_norm = round(share * _total(dweight, dbias).item(), 2)
    return Case({"dweight": dweight, "dbias": dbias, "max_norm": max_norm})


clip_by_norm = Check(
    task="clip_by_norm",
    draw=_draw_gradients,
    reference=_scaled(lambda dw, db, limit: (limit / _total(dw, db)).clamp(max=1)),
    mistakes=(
        Mistake(
            "each gradient is clipped by its own norm",
            "That turns the step. Both are parts of one vector: one norm, one factor.",
            lambda dweight, dbias, max_norm: tuple(
                g * (max_norm / g.norm()).clamp(max=1) for g in (dweight, dbias)
            ),
        ),
        Mistake(
            "a gradient below the limit is scaled up to it",
            "Clipping only shortens: the factor is never above 1.",
            _scaled(lambda dw, db, limit: limit / _total(dw, db)),
        ),
        Mistake(
            "the entries are cut at the limit",
            "That is clipping by value, which changes the direction. Scale all entries alike.",
            lambda dweight, dbias, max_norm: tuple(
                g.clamp(-max_norm, max_norm) for g in (dweight, dbias)
            ),
        ),
        Mistake(
            "the norm is squared",
            "The sum of the squares still needs its root.",
            _scaled(lambda dw, db, limit: (limit / _total(dw, db) ** 2).clamp(max=1)),
        ),
        Mistake(
            "the norms of the two gradients are added",
            "The norm of the whole is the root of the sum of both squares.",
            _scaled(
                lambda dw, db, limit: (limit / (dw.norm() + db.norm())).clamp(max=1)
            ),
        ),
    ),
    cases=16,
)
