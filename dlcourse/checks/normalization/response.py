"""Response: the check of local_response_norm."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import pad

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.nn import normalization as package

from .layers import of_x

__all__ = ["local_response_norm"]


_response = of_x(package.local_response_norm)


def _window_sum(x: Tensor, before: int, after: int) -> Tensor:
    padded = pad(x, (0, 0, 0, 0, before, after))
    return padded.unfold(1, before + after + 1, 1).sum(dim=-1)


def _divided(
    x: Tensor, total: Tensor, size: int, alpha: float, beta: float, k: float
) -> Tensor:
    return x / (k + alpha / size * total) ** beta


def _window(shorter_before: int, shorter_after: int) -> Callable[..., Tensor]:
    """Move the ends of the window."""
    return lambda x, size, **rest: _divided(
        x,
        _window_sum(x.square(), size // 2 - shorter_before, size // 2 - shorter_after),
        size,
        **rest,
    )


def _wrapped(x: Tensor, size: int, **rest: float) -> Tensor:
    reach = range(-(size // 2), size // 2 + 1)
    total = sum(x.square().roll(shift, dims=1) for shift in reach)
    return _divided(x, total, size, **rest)


def _by_present(x: Tensor, size: int, alpha: float, beta: float, k: float) -> Tensor:
    """Divide alpha by the channels that a window at the end really has."""
    present = _window_sum(torch.ones_like(x), size // 2, size // 2)
    total = _window_sum(x.square(), size // 2, size // 2)
    return x / (k + alpha / present * total) ** beta


def _draw_response(draw: Draw) -> Case:
    size = 2 * draw.integer(1, 2) + 1
    x = draw.tensor(
        draw.integer(1, 3), size + draw.integer(1, 4), draw.side(5), draw.side(5)
    )
    alpha, beta, k = (draw.integer(1, 9) / 10 for _ in range(3))
    return Case({"x": x, "size": size, "alpha": alpha, "beta": beta, "k": 1 + k})


local_response_norm = Check(
    task="local_response_norm",
    draw=_draw_response,
    reference=_response,
    mistakes=(
        Mistake(
            "alpha is not divided by the size",
            "So the paper writes it; torch, and this task, divide the sum by the size.",
            lambda size, alpha, **rest: _response(
                size=size, alpha=alpha * size, **rest
            ),
        ),
        Mistake(
            "the window ends one channel early",
            "The last channel of the window counts too: a slice leaves its end out.",
            _window(0, 1),
        ),
        Mistake(
            "the window begins one channel late",
            "size // 2 channels lie before the channel itself.",
            _window(1, 0),
        ),
        Mistake(
            "the window is one channel too long on each side",
            "It holds size channels in all, size // 2 on each side.",
            _window(-1, -1),
        ),
        Mistake(
            "the window wraps around",
            "The first channel is no neighbour of the last: outside there are zeros.",
            _wrapped,
        ),
        Mistake(
            "windows at the ends divide by the channels they have",
            "Divide by size everywhere; what is missing counts as zero.",
            _by_present,
        ),
        Mistake(
            "the window runs over pixels",
            "The neighbours are the other channels at the same place.",
            lambda x, **rest: _response(x.transpose(1, 3), **rest).transpose(1, 3),
        ),
        Mistake(
            "a channel does not count in its own window",
            "The window holds the channel itself and its neighbours on both sides.",
            lambda x, size, **rest: _divided(
                x,
                _window_sum(x.square(), size // 2, size // 2) - x.square(),
                size,
                **rest,
            ),
        ),
        Mistake(
            "the power is missing",
            "The bracket is raised to beta before it divides.",
            lambda beta, **rest: _response(beta=1.0, **rest),
        ),
    ),
    forbidden=("avg_pool2d", "avg_pool3d"),
)
