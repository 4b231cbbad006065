"""Balance: the check of class_weights."""

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.optim import regularization as reference

__all__ = ["class_weights"]


def _draw_counts(draw: Draw) -> Case:
    """Draw numbers of samples, one of them larger than the others."""
    counts = torch.randint(1, 20, (draw.side(2),), generator=draw.source)
    counts[draw.integer(0, len(counts) - 1)] = 20 + draw.integer(0, 9)
    return Case({"counts": counts.double()})


def _weights(counts: Tensor) -> Tensor:
    classes = torch.arange(len(counts))
    y = classes.repeat_interleave(counts.long())
    return reference.compute_class_weight("balanced", classes=classes, y=y)


def _one_in_sum(counts: Tensor) -> Tensor:
    return _weights(counts) / _weights(counts).sum()


class_weights = Check(
    task="class_weights",
    draw=_draw_counts,
    reference=_weights,
    mistakes=(
        Mistake(
            "the weights are one over the counts, and nothing more",
            "With so small weights the whole loss shrinks. Times the number of samples and over "
            "the number of classes, their mean over the samples is 1.",
            lambda counts: 1 / counts,
        ),
        Mistake(
            "the number of classes is forgotten",
            "A class with its fair share, one in K of the samples, should weigh 1.",
            lambda counts: len(counts) * _weights(counts),
        ),
        Mistake(
            "the weights are normalised to add up to 1",
            "It is the weights of all samples whose mean should be 1, not those of the classes "
            "whose sum should be.",
            _one_in_sum,
        ),
        Mistake(
            "the weights are normalised to a mean of 1 over the classes",
            "Over the samples their mean should be 1: N over K times the count.",
            lambda counts: len(counts) * _one_in_sum(counts),
        ),
        Mistake(
            "common classes weigh more",
            "The count divides: the rarer a class, the larger its weight.",
            lambda counts: 1 / _weights(counts),
        ),
        Mistake(
            "the weights are the shares of the classes",
            "The count divides: the rarer a class, the larger its weight.",
            lambda counts: counts / counts.sum(),
        ),
    ),
)
