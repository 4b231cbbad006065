"""Additive: checks of add_angle and arcface_logits."""

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import normalize

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.faces import margins as reference

from .cosine import right_of
from .directions import cosines, draw_samples, sines

__all__ = ["add_angle", "arcface_logits"]


# add_angle


def _draw_angles(draw: Draw) -> Case:
    """Draw angles of all sizes: 0 and 180 degrees, and some so large that the margin passes pi."""
    n = draw.side(4)
    m = draw.integer(4, 8) / 10
    theta = math.pi * draw.tensor(n).sigmoid()
    theta[0], theta[1] = 0.9 * m, math.pi - 0.5 * m
    theta[2], theta[3] = math.pi, 0
    cosine = theta.cos()
    cosine[3] += 2**-52  # as rounding leaves it now and then
    return Case({"cosine": cosine, "sine": theta.sin(), "m": m})


def _turned(cosine: Tensor, sine: Tensor, m: float) -> Tensor:
    return cosine * math.cos(m) - sine * math.sin(m)


def _with_far(
    far: Callable[[Tensor, float], Tensor],
    near: Callable[[Tensor, Tensor, float], Tensor] = _turned,
    limit: Callable[[float], float] = lambda m: -math.cos(m),
) -> Callable[..., Tensor]:
    """Make an answer of one's own up to a limit and beyond it."""

    def answer(cosine: Tensor, sine: Tensor, m: float) -> Tensor:
        return torch.where(cosine > limit(m), near(cosine, sine, m), far(cosine, m))

    return answer


def _further(cosine: Tensor, m: float) -> Tensor:
    return cosine - m * math.sin(m)


add_angle = Check(
    task="add_angle",
    draw=_draw_angles,
    reference=reference.add_angle,
    mistakes=(
        Mistake(
            "the margin is taken off the cosine",
            "This is CosFace. Here the angle becomes larger by m: cos(t + m).",
            lambda cosine, sine, m: cosine - m,
        ),
        Mistake(
            "the margin is taken off the cosine, up to pi - m",
            "This is CosFace. Here the angle becomes larger by m: cos(t + m).",
            _with_far(_further, lambda cosine, sine, m: cosine - m),
        ),
        Mistake(
            "the margin has the wrong sign",
            "cos(t + m) = cos t cos m - sin t sin m. With a plus the angle becomes smaller.",
            _with_far(_further, lambda cosine, sine, m: _turned(cosine, -sine, m)),
        ),
        Mistake(
            "nothing is done beyond pi",
            "From t + m = pi on, the cosine rises again: the worst angles would be rewarded.",
            _turned,
        ),
        Mistake(
            "the easy margin is used",
            "This drops the margin from a right angle on. Keep it up to pi - m.",
            _with_far(lambda cosine, m: cosine, limit=lambda m: 0.0),
        ),
        Mistake(
            "the margin ends at pi - m",
            "There the answer would jump up from -1. Beyond pi - m it is cos t - m sin m.",
            _with_far(lambda cosine, m: cosine),
        ),
        Mistake(
            "beyond pi the whole margin is subtracted",
            "Beyond pi - m the answer is cos t - m sin m, not cos t - m.",
            _with_far(lambda cosine, m: cosine - m),
        ),
        Mistake(
            "the limit is at cos m",
            "t + m is pi where t is pi - m, and the cosine of that is -cos m.",
            _with_far(_further, limit=math.cos),
        ),
    ),
    forbidden=("acos",),
    gradients=("cosine", "sine"),
)


# arcface_logits


def _draw_arcface(draw: Draw) -> Case:
    drawn = draw_samples(draw)
    drawn["x"][0] = -2 * drawn["weight"][drawn["labels"][0]] + drawn["x"][0]
    return Case(
        {**drawn, "s": float(draw.integer(8, 32)), "m": draw.integer(4, 8) / 10}
    )


def _answer(
    x: Tensor,
    weight: Tensor,
    labels: Tensor,
    m: float,
    target: Callable[[Tensor, Tensor, float], Tensor] = reference.add_angle,
) -> Tensor:
    """Put another number in the place of the right cosine."""
    cosine = reference.cosines(x, weight)
    sine = reference.sines(x, weight[labels])
    right = target(right_of(cosine, labels), sine, m)
    return reference.with_target(cosine, labels, right)


def _with_target(
    target: Callable[[Tensor, Tensor, float], Tensor],
) -> Callable[..., Tensor]:
    def answer(x: Tensor, weight: Tensor, labels: Tensor, s: float, m: float) -> Tensor:
        return s * _answer(x, weight, labels, m, target)

    return answer


def _every(x: Tensor, weight: Tensor, labels: Tensor, s: float, m: float) -> Tensor:
    cosine = reference.cosines(x, weight)
    sine = (1 - cosine**2).clamp(min=0).sqrt()
    return s * reference.add_angle(cosine.flatten(), sine.flatten(), m).view_as(cosine)


def _late(x: Tensor, weight: Tensor, labels: Tensor, s: float, m: float) -> Tensor:
    """Scale all but the right class."""
    cosine = s * reference.cosines(x, weight)
    right = right_of(_answer(x, weight, labels, m), labels)
    return reference.with_target(cosine, labels, right)


def _long(x: Tensor, weight: Tensor, labels: Tensor, s: float, m: float) -> Tensor:
    """Leave the weights as long as they are, in the logits without a margin."""
    right = right_of(_answer(x, weight, labels, m), labels)
    return s * reference.with_target(normalize(x) @ weight.T, labels, right)


arcface_logits = Check(
    task="arcface_logits",
    draw=_draw_arcface,
    reference=reference.arcface_logits,
    mistakes=(
        Mistake(
            "the margin is added for every class",
            "Only the right class pays; the others keep their cosine.",
            _every,
        ),
        Mistake(
            "the margin is taken off the cosine",
            "This is CosFace. Here the angle becomes larger by m: use add_angle.",
            _with_target(lambda cosine, sine, m: cosine - m),
        ),
        Mistake(
            "the margin makes the angle smaller",
            "With a bonus the right class wins before it is ahead. Add m to the angle.",
            _with_target(lambda cosine, sine, m: reference.add_angle(cosine, -sine, m)),
        ),
        Mistake(
            "the right class is not scaled",
            "All logits are s times a cosine, that with the margin too.",
            _late,
        ),
        Mistake(
            "the scale is left out",
            "Cosines lie between -1 and 1, where a softmax is never sure. Multiply by s.",
            lambda x, weight, labels, s, m: _answer(x, weight, labels, m),
        ),
        Mistake(
            "there is no margin",
            "These are the logits of normalised vectors. Replace that of the right class.",
            lambda x, weight, labels, s, m: s * reference.cosines(x, weight),
        ),
        Mistake(
            "the weights are not divided by their lengths",
            "A class with a long weight would win at any angle. Use cosines for all classes.",
            _long,
        ),
        Mistake(
            "the easy margin is used",
            "This drops the margin from a right angle on.",
            _with_target(
                lambda cosine, sine, m: reference.add_angle(cosine, sine, m, True)
            ),
        ),
    ),
    builds_on=(cosines, sines, add_angle),
    gradients=("x", "weight"),
)
