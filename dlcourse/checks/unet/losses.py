"""Losses: checks of pixel_softmax and pixel_cross_entropy."""

from collections.abc import Callable

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.segmentation import unet as reference

__all__ = ["pixel_cross_entropy", "pixel_softmax"]

SOFTMAX = ("_softmax", "_log_softmax", "softmax", "log_softmax", "special_softmax")
"""Names of what torch runs to take a softmax."""


# pixel_softmax


def _over(*axes: int) -> Callable[[Tensor], Tensor]:
    """Take the softmax over other axes than the classes."""

    def softmax(logits: Tensor) -> Tensor:
        powers = (logits - logits.amax(dim=axes, keepdim=True)).exp()
        return powers / powers.sum(dim=axes, keepdim=True)

    return softmax


def _draw_logits(draw: Draw) -> Tensor:
    shape = 1 + draw.side(), 1 + draw.integer(1, 3), draw.side(2), draw.side(2)
    return draw.tensor(*shape)


pixel_softmax = Check(
    task="pixel_softmax",
    draw=lambda draw: Case(
        {"logits": _draw_logits(draw) * (1, 300)[draw.integer(0, 1)]}
    ),
    reference=reference.pixel_softmax,
    mistakes=(
        Mistake(
            "the softmax is taken over the pixels, and not over the classes",
            "Each pixel has shares of its own, and they add up to 1 over the classes.",
            _over(2, 3),
        ),
        Mistake(
            "the softmax is taken over classes and pixels together",
            "Each pixel has shares of its own, and they add up to 1 over the classes.",
            _over(1, 2, 3),
        ),
        Mistake(
            "the softmax is taken over the batch",
            "The classes are the second axis.",
            _over(0),
        ),
        Mistake(
            "the softmax is taken over the columns",
            "The classes are the second axis, not the last.",
            _over(3),
        ),
        Mistake(
            "each class is squashed for itself",
            "A sigmoid knows nothing of the other classes; the shares have to add up to 1.",
            lambda logits: logits.sigmoid(),
        ),
    ),
    forbidden=SOFTMAX,
)


# pixel_cross_entropy


def _logarithms(logits: Tensor) -> Tensor:
    return reference.pixel_softmax(logits).log()


def _loss(logits: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    return -(weight * _chosen(logits, target)).mean()


def _chosen(logits: Tensor, target: Tensor) -> Tensor:
    """Take the log-probability of the true class of each pixel."""
    return _logarithms(logits).gather(1, target[:, None])[:, 0]


def _draw_weighted(draw: Draw) -> Case:
    logits = 2 * _draw_logits(draw)
    b, k, h, w = logits.shape
    target = torch.randint(k, (b, h, w), generator=draw.source)
    weight = 0.3 + 5 * draw.tensor(b, h, w).abs()
    return Case({"logits": logits, "target": target, "weight": weight})


def _over_pixels(logits: Tensor, target: Tensor, weight: Tensor) -> Tensor:
    shares = _over(2, 3)(logits).log()
    return -(weight * shares.gather(1, target[:, None])[:, 0]).mean()


pixel_cross_entropy = Check(
    task="pixel_cross_entropy",
    draw=_draw_weighted,
    reference=_loss,
    mistakes=(
        Mistake(
            "the sign is missing",
            "A log-probability is below zero; the loss is what has to become smaller.",
            lambda logits, target, weight: (weight * _chosen(logits, target)).mean(),
        ),
        Mistake(
            "the weights are left out",
            "Multiply each pixel's term by its weight before the mean.",
            lambda logits, target, weight: -_chosen(logits, target).mean(),
        ),
        Mistake(
            "the sum is taken, and not the mean over pixels",
            "Divide by the number of pixels, so that a larger picture has no larger loss.",
            lambda logits, target, weight: -(weight * _chosen(logits, target)).sum(),
        ),
        Mistake(
            "the sum is divided by the sum of the weights",
            "Then doubling all weights would change nothing. Divide by the number of pixels.",
            lambda logits, target, weight: (
                -(weight * _chosen(logits, target)).sum() / weight.sum()
            ),
        ),
        Mistake(
            "the logarithm is missing",
            "The term of a pixel is the logarithm of its true class's share.",
            lambda logits, target, weight: (
                -(weight * _chosen(logits, target).exp()).mean()
            ),
        ),
        Mistake(
            "all classes count, and not the true one alone",
            "Of each pixel, take the class that the target names; gather does it.",
            lambda logits, target, weight: (
                -(weight * _logarithms(logits).sum(dim=1)).mean()
            ),
        ),
        Mistake(
            "the softmax is taken over the pixels, and not over the classes",
            "Each pixel has shares of its own, and they add up to 1 over the classes.",
            _over_pixels,
        ),
        Mistake(
            "the weights multiply the logits",
            "The weight of a pixel stands before its logarithm.",
            lambda logits, target, weight: (
                -_chosen(weight[:, None] * logits, target).mean()
            ),
        ),
    ),
    builds_on=(pixel_softmax,),
    forbidden=(*SOFTMAX, "nll_loss2d_forward", "nll_loss_nd", "cross_entropy_loss"),
    gradients=("logits",),
)
