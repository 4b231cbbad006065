"""Penalties: the check of l2_penalty."""

from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.optim import regularization as reference

__all__ = ["l2_penalty"]


def _draw_layer(draw: Draw) -> Case:
    """Draw a layer with at least two units, so that mean and sum differ."""
    outputs, inputs = draw.side(), draw.side()
    return Case(
        {
            "weight": draw.tensor(outputs, inputs),
            "bias": draw.tensor(outputs),
            "strength": draw.integer(1, 9) / 10,
        }
    )


def _l2(weight: Tensor, bias: Tensor, strength: float) -> Tensor:
    return reference.l2_penalty([weight], strength)


l2_penalty = Check(
    task="l2_penalty",
    draw=_draw_layer,
    reference=_l2,
    mistakes=(
        Mistake(
            "the half is missing",
            "With it, the slope is strength * weight, which is what weight decay means.",
            lambda **layer: 2 * _l2(**layer),
        ),
        Mistake(
            "the bias is penalised too",
            "A bias shifts the answer and makes it no steeper: leave it out.",
            lambda weight, bias, strength: reference.l2_penalty(
                [weight, bias], strength
            ),
        ),
        Mistake(
            "both of these: the half is missing and the bias is penalised",
            "The slope should be strength * weight, and a bias makes no answer steeper.",
            lambda weight, bias, strength: (
                2 * reference.l2_penalty([weight, bias], strength)
            ),
        ),
        Mistake(
            "the root is taken of the sum of squares",
            "The price is on the squares themselves; a norm would pull with the same force "
            "however small the weights are.",
            lambda weight, bias, strength: strength / 2 * weight.norm(),
        ),
        Mistake(
            "the squares are averaged",
            "Sum them: the pull on one weight must not depend on how many others there are.",
            lambda weight, bias, strength: strength / 2 * weight.square().mean(),
        ),
        Mistake(
            "it sums sizes instead of squares",
            "That is L1. L2 sums the squares.",
            lambda weight, bias, strength: reference.l1_penalty([weight], strength),
        ),
    ),
)
