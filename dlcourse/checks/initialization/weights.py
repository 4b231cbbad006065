"""Weights: checks of xavier_uniform and kaiming_normal, which give noise its size."""

from collections.abc import Callable
from math import sqrt

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.nn.initialization import calculate_fan_in_and_fan_out, calculate_gain

from .shapes import draw_shape, fans

__all__ = ["kaiming_normal", "xavier_uniform"]


# xavier_uniform


def _between(
    bound: Callable[[int, int, float], float],
) -> Callable[[Tensor, float], Tensor]:
    """Spread numbers of [0, 1] evenly from minus the bound to the bound."""
    return lambda u, gain: (2 * u - 1) * bound(*calculate_fan_in_and_fan_out(u), gain)


def _from_zero(u: Tensor, gain: float) -> Tensor:
    return u * gain * sqrt(6 / sum(calculate_fan_in_and_fan_out(u)))


def _draw_uniform(draw: Draw) -> Case:
    # The distribution function turns normal numbers into even ones.
    u = torch.special.ndtr(draw.tensor(*draw_shape(draw)))
    # A gain of 1 would be its own square.
    return Case({"u": u, "gain": draw.integer(5, 9) / 4})


xavier_uniform = Check(
    task="xavier_uniform",
    draw=_draw_uniform,
    reference=_between(lambda n, m, gain: gain * sqrt(6 / (n + m))),
    mistakes=(
        Mistake(
            "the standard deviation is used as the bound",
            "Numbers that are even in [-b, b] have the standard deviation b / sqrt(3), so the "
            "bound has a 6 where the standard deviation has a 2.",
            _between(lambda n, m, gain: gain * sqrt(2 / (n + m))),
        ),
        Mistake(
            "the weights run from 0 to the bound",
            "Half of them should be negative: stretch [0, 1] to [-b, b].",
            _from_zero,
        ),
        Mistake(
            "the weights reach half of the bound",
            "From -b to b are two bounds: an interval of length 1 has to become one of 2 b.",
            _between(lambda n, m, gain: gain * sqrt(6 / (n + m)) / 2),
        ),
        Mistake(
            "the root is missing",
            "Without the root, the formula gives the square of the bound.",
            _between(lambda n, m, gain: gain * 6 / (n + m)),
        ),
        Mistake(
            "the gain is squared",
            "The variance takes the square of the gain, the bound takes the gain.",
            _between(lambda n, m, gain: gain**2 * sqrt(6 / (n + m))),
        ),
        Mistake(
            "only fan in is counted",
            "Xavier's rule stands between the way forward and the way back: both fans count.",
            _between(lambda n, m, gain: gain * sqrt(3 / n)),
        ),
    ),
    builds_on=(fans,),
)


# kaiming_normal


def _of_std(
    std: Callable[[int, int, float], float],
) -> Callable[[Tensor, float], Tensor]:
    """Give standard normal numbers another standard deviation."""
    return lambda noise, a: noise * std(*calculate_fan_in_and_fan_out(noise), a)


def _gain(a: float) -> float:
    return calculate_gain("leaky_relu", a)


def _draw_normal(draw: Draw) -> Case:
    # Slopes that are not their own square.
    return Case({"noise": draw.tensor(*draw_shape(draw)), "a": draw.integer(1, 4) / 5})


kaiming_normal = Check(
    task="kaiming_normal",
    draw=_draw_normal,
    reference=_of_std(lambda n, m, a: _gain(a) / sqrt(n)),
    mistakes=(
        Mistake(
            "the gain is squared",
            "The variance is the square of the gain over the fan; the standard deviation is its "
            "root.",
            _of_std(lambda n, m, a: _gain(a) ** 2 / sqrt(n)),
        ),
        Mistake(
            "the variance is used as the standard deviation",
            "Noise of standard deviation 1 is multiplied by the root of the variance wanted.",
            _of_std(lambda n, m, a: _gain(a) ** 2 / n),
        ),
        Mistake(
            "the bound of the uniform rule is used as the standard deviation",
            "The 6 belongs to numbers that are even in [-b, b]; normal ones take a 2.",
            _of_std(lambda n, m, a: sqrt(3) * _gain(a) / sqrt(n)),
        ),
        Mistake(
            "fan out is used",
            "To keep the size of the signal on the way forward, count what one output sums.",
            _of_std(lambda n, m, a: _gain(a) / sqrt(m)),
        ),
        Mistake(
            "the slope is ignored",
            "With a slope a, the negative side keeps a^2 of its power, so less has to be made up "
            "for.",
            _of_std(lambda n, m, a: _gain(0.0) / sqrt(n)),
        ),
        Mistake(
            "the slope is not squared",
            "The power that is left on the negative side is a^2.",
            _of_std(lambda n, m, a: sqrt(2 / (1 + a) / n)),
        ),
    ),
    builds_on=(fans,),
)
