"""Mixing: the check of mixup, in which picture and label are mixed by the same share."""

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.optim import augmentation

__all__ = ["mixup"]


def _draw_batch(draw: Draw) -> Case:
    """Draw a share that is not a half, and partners of which most are others."""
    b, k = draw.side(3), draw.integer(3, 5)
    labels = torch.randint(k, (b,), generator=draw.source)
    return Case(
        {
            "x": draw.tensor(b, draw.integer(1, 2), draw.side(), draw.side()),
            "y": torch.eye(k, dtype=torch.float64)[labels],
            "lam": draw.integer(1, 4) / 10 + draw.integer(0, 1) / 2,
            "order": torch.randperm(b, generator=draw.source),
        }
    )


def _mixup(x: Tensor, y: Tensor, lam: float, order: Tensor) -> tuple[Tensor, Tensor]:
    return augmentation.mixup(x, y, lam, order)


mixup = Check(
    task="mixup",
    draw=_draw_batch,
    reference=_mixup,
    mistakes=(
        Mistake(
            "the labels are mixed with the other weight",
            "Picture and label keep the same share lam of their own.",
            lambda x, y, lam, order: (
                _mixup(x, y, lam, order)[0],
                _mixup(x, y, 1 - lam, order)[1],
            ),
        ),
        Mistake(
            "the labels are not mixed",
            "A picture that is seven tenths of a cat is seven tenths of the label cat.",
            lambda x, y, lam, order: (_mixup(x, y, lam, order)[0], y),
        ),
        Mistake(
            "the pictures are not mixed",
            "The pictures are mixed as the labels are.",
            lambda x, y, lam, order: (x, _mixup(x, y, lam, order)[1]),
        ),
        Mistake(
            "lam is the share of the partner",
            "lam is the share of the example itself; the partner gets 1 - lam.",
            lambda x, y, lam, order: _mixup(x, y, 1 - lam, order),
        ),
        Mistake(
            "the labels come from other partners than the pictures",
            "Use order for both.",
            lambda x, y, lam, order: (
                _mixup(x, y, lam, order)[0],
                lam * y + (1 - lam) * y.roll(1, 0),
            ),
        ),
        Mistake(
            "picture and partner are added without their weights",
            "The shares lam and 1 - lam add up to 1.",
            lambda x, y, lam, order: (x + x[order], y + y[order]),
        ),
    ),
)
