"""Bias: the check of prior_bias."""

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.detection.retinanet import prior_bias as bias_of

__all__ = ["prior_bias"]


def _draw_priors(draw: Draw) -> Case:
    return Case({"prior": draw.tensor(draw.side(2)).sigmoid() / 5})


def _bias(prior: Tensor) -> Tensor:
    values = [bias_of(p) for p in prior.tolist()]
    return torch.tensor(values, dtype=prior.dtype)


prior_bias = Check(
    task="prior_bias",
    draw=_draw_priors,
    reference=_bias,
    mistakes=(
        Mistake(
            "the sign is lost",
            "A probability below a half needs a score below 0.",
            lambda prior: -_bias(prior),
        ),
        Mistake(
            "this is the logarithm of the prior",
            "exp would undo that; it is the sigmoid that has to be undone.",
            lambda prior: prior.log(),
        ),
        Mistake(
            "the sigmoid is taken",
            "The sigmoid makes a probability of a score. Here the probability is known.",
            lambda prior: prior.sigmoid(),
        ),
        Mistake(
            "the prior itself is returned",
            "A bias is a score, which the sigmoid then makes a probability of.",
            lambda prior: prior,
        ),
        Mistake(
            "the logarithm is to the base 10",
            "The sigmoid holds a power of e, so its inverse holds a natural logarithm.",
            lambda prior: (prior / (1 - prior)).log10(),
        ),
    ),
)
