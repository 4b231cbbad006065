"""Cosine: the check of cosface_logits, and the mistakes of placing a margin."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import one_hot

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.faces.margins import with_target

__all__ = ["cosface_logits", "right_of"]


def right_of(cosine: Tensor, labels: Tensor) -> Tensor:
    """Pick the cosine of each sample's right class."""
    return cosine.gather(1, labels[:, None])[:, 0]


def _draw_cosines(draw: Draw) -> Case:
    b = draw.side(2)
    k = b + draw.integer(1, 3)
    return Case(
        {
            "cosine": draw.tensor(b, k).tanh(),
            "labels": torch.randint(0, k, (b,), generator=draw.source),
            "s": float(draw.integer(8, 64)),
            "m": draw.integer(2, 7) / 16,  # also exact in a table of single precision
        }
    )


def _logits(
    target: Callable[[Tensor, float], Tensor],
) -> Callable[..., Tensor]:
    """Make an answer with another number for the right class, scaled as the others are."""

    def answer(cosine: Tensor, labels: Tensor, s: float, m: float) -> Tensor:
        return s * with_target(cosine, labels, target(right_of(cosine, labels), m))

    return answer


def _unscaled(cosine: Tensor, labels: Tensor, s: float, m: float) -> Tensor:
    return with_target(s * cosine, labels, s * right_of(cosine, labels) - m)


cosface_logits = Check(
    task="cosface_logits",
    draw=_draw_cosines,
    reference=_logits(lambda cosine, m: cosine - m),
    mistakes=(
        Mistake(
            "the margin is taken off every class",
            "The softmax does not change when all logits fall by the same. Only the right class "
            "pays.",
            lambda cosine, labels, s, m: s * (cosine - m),
        ),
        Mistake(
            "the margin is taken off the wrong classes",
            "That would make the task easier. The right class pays.",
            lambda cosine, labels, s, m: (
                s * (cosine - m * (1 - one_hot(labels, cosine.shape[1])))
            ),
        ),
        Mistake(
            "the margin has the wrong sign",
            "With a bonus the right class wins before it is ahead. The margin is subtracted.",
            _logits(lambda cosine, m: cosine + m),
        ),
        Mistake(
            "the scale is applied before the margin",
            "After a scale of 30, a margin of 0.35 is next to nothing. Subtract first, then "
            "multiply.",
            _unscaled,
        ),
        Mistake(
            "the margin is added to the angle",
            "This is ArcFace. CosFace takes the margin off the cosine.",
            _logits(lambda cosine, m: (cosine.acos() + m).cos()),
        ),
        Mistake(
            "the scale is left out",
            "Cosines lie between -1 and 1, where a softmax is never sure. Multiply by s.",
            lambda cosine, labels, s, m: with_target(
                cosine, labels, right_of(cosine, labels) - m
            ),
        ),
        Mistake(
            "the margin multiplies the cosine",
            "It is a difference, the same at every cosine.",
            _logits(lambda cosine, m: cosine * (1 - m)),
        ),
    ),
    gradients=("cosine",),
)
