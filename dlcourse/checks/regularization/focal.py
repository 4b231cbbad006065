"""Focal: the check of focal_loss, for yes and no."""

from collections.abc import Callable

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.optim.regularization import sigmoid_focal_loss

__all__ = ["focal_loss"]


def _draw_answers(draw: Draw) -> Case:
    """Draw scores with both answers among the targets; gamma is not 1, alpha not a half.

    An alpha in eighths is the same number in single precision, which torch.where makes of floats.
    """
    samples = draw.side(4)
    target = torch.randint(0, 2, (samples,), generator=draw.source).double()
    target[:2] = torch.tensor([0.0, 1.0])
    return Case(
        {
            "scores": draw.tensor(samples),
            "target": target,
            "alpha": draw.integer(1, 3) / 8,
            "gamma": float(draw.integer(2, 4)),
        }
    )


def _focal(scores: Tensor, target: Tensor, alpha: float, gamma: float) -> Tensor:
    return sigmoid_focal_loss(scores, target, alpha, gamma, reduction="mean")


def _weighed(
    factor: Callable[[Tensor, float], Tensor],
    balance: Callable[[Tensor, float], Tensor] = lambda target, alpha: (
        alpha * target + (1 - alpha) * (1 - target)
    ),
) -> Callable[..., Tensor]:
    """Make a loss whose factor of p_t, and whose weights of yes and no, are given."""

    def loss(scores: Tensor, target: Tensor, alpha: float, gamma: float) -> Tensor:
        p = scores.sigmoid()
        p_t = torch.where(target == 1, p, 1 - p)
        return -(balance(target, alpha) * factor(p_t, gamma) * p_t.log()).mean()

    return loss


def _hard(p_t: Tensor, gamma: float) -> Tensor:
    return (1 - p_t) ** gamma


def _of_yes(scores: Tensor, target: Tensor, alpha: float, gamma: float) -> Tensor:
    p = scores.sigmoid()
    p_t = torch.where(target == 1, p, 1 - p)
    alpha_t = torch.where(target == 1, alpha, 1 - alpha)
    return -(alpha_t * (1 - p) ** gamma * p_t.log()).mean()


focal_loss = Check(
    task="focal_loss",
    draw=_draw_answers,
    reference=_focal,
    mistakes=(
        Mistake(
            "the factor is p_t to the gamma",
            "That counts what is easy. What is surely right, with p_t near 1, must stop to count.",
            _weighed(lambda p_t, gamma: p_t**gamma),
        ),
        Mistake(
            "the factor takes p where it should take p_t",
            "For a target of 0 the right answer has the probability 1 - p, in the factor too.",
            _of_yes,
        ),
        Mistake(
            "alpha weighs both answers",
            "alpha is for a target of 1; for 0 it is 1 - alpha.",
            _weighed(_hard, lambda target, alpha: torch.full_like(target, alpha)),
        ),
        Mistake(
            "alpha and 1 - alpha are swapped",
            "alpha is for a target of 1; for 0 it is 1 - alpha.",
            lambda alpha, **rest: _focal(alpha=1 - alpha, **rest),
        ),
        Mistake(
            "alpha is left out",
            "Each loss has its weight: alpha for a target of 1, and 1 - alpha for 0.",
            lambda alpha, **rest: _focal(alpha=-1, **rest),
        ),
        Mistake(
            "gamma multiplies",
            "gamma is a power of 1 - p_t, not a factor.",
            _weighed(lambda p_t, gamma: gamma * (1 - p_t)),
        ),
        Mistake(
            "the factor is missing",
            "This is the weighed cross-entropy; multiply each loss by (1 - p_t) ** gamma.",
            lambda gamma, **rest: _focal(gamma=0, **rest),
        ),
        Mistake(
            "the sign is lost",
            "A logarithm of a probability is negative, and a loss is not: minus.",
            lambda **given: -_focal(**given),
        ),
        Mistake(
            "the losses are summed",
            "Return their mean.",
            lambda target, **rest: len(target) * _focal(target=target, **rest),
        ),
    ),
)
