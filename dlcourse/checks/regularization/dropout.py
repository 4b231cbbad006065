"""Dropout: the check of dropout, with the noise as an argument, so that answers can be compared."""

from collections.abc import Callable

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake

__all__ = ["dropout"]


def _draw_noise(draw: Draw) -> Case:
    """Two cases in three are in training; p is never a half, where dropping and keeping agree."""
    shape = draw.side(2), draw.side(2)
    noise = torch.rand(shape, dtype=torch.float64, generator=draw.source)
    # Entries far from 0: one that is dropped differs from one that is kept.
    x = draw.tensor(*shape)
    return Case(
        {
            "x": x + x.sign(),
            "noise": noise,
            "p": draw.integer(1, 4) / 10 + 0.5 * (draw.integer(0, 1)),
            "training": draw.integer(1, 3) > 1,
        }
    )


def _scaled(
    scale: Callable[[float], float],
    dropped: Callable[[Tensor, float], Tensor] = lambda noise, p: noise < p,
) -> Callable[..., Tensor]:
    """Make a dropout that scales what is left, and chooses what fails, in a given way."""

    def layer(x: Tensor, noise: Tensor, p: float, training: bool) -> Tensor:
        if not training:
            return x.clone()
        return torch.where(dropped(noise, p), 0.0, scale(p) * x)

    return layer


def _always(x: Tensor, noise: Tensor, p: float, training: bool) -> Tensor:
    return _inverted(x, noise, p, True)


def _scaled_later(x: Tensor, noise: Tensor, p: float, training: bool) -> Tensor:
    return _scaled(lambda p: 1.0)(x, noise, p, True) if training else (1 - p) * x


def _doubly(x: Tensor, noise: Tensor, p: float, training: bool) -> Tensor:
    return _inverted(x, noise, p, True) if training else x / (1 - p)


def _never(x: Tensor, noise: Tensor, p: float, training: bool) -> Tensor:
    return x.clone()


_inverted = _scaled(lambda p: 1 / (1 - p))

dropout = Check(
    task="dropout",
    draw=_draw_noise,
    reference=_inverted,
    mistakes=(
        Mistake(
            "what is left is not scaled up",
            "The share 1 - p of the entries is left; divide them by it, and the mean stays.",
            _scaled(lambda p: 1.0),
        ),
        Mistake(
            "it drops in evaluation too",
            "Outside of training nothing fails: return x as it is.",
            _always,
        ),
        Mistake(
            "p is the share that is kept",
            "p is the share that fails: an entry is kept where its noise is at least p.",
            _scaled(lambda p: 1 / p, lambda noise, p: noise >= p),
        ),
        Mistake(
            "the scale belongs to the other share",
            "The share 1 - p of the entries is left, so that is what they are divided by.",
            _scaled(lambda p: 1 / p),
        ),
        Mistake(
            "the wrong entries fail",
            "An entry fails where its noise is below p.",
            _scaled(lambda p: 1 / (1 - p), lambda noise, p: noise >= p),
        ),
        Mistake(
            "it scales in evaluation instead of in training",
            "That keeps the mean as well, but the finished network would have to remember p. "
            "Divide in training.",
            _scaled_later,
        ),
        Mistake(
            "it scales in evaluation too",
            "Nothing fails outside of training, so there is nothing to make up for.",
            _doubly,
        ),
        Mistake(
            "nothing ever fails",
            "In training, set the entries to 0 whose noise is below p.",
            _never,
        ),
    ),
    cases=12,
)
