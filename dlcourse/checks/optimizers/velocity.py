"""Velocity: checks of momentum_step and nesterov_step."""

from functools import partial

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.optim.optimizers import SGD

from .single import draw_weights, single_step, upwards

__all__ = ["momentum_step", "nesterov_step"]


def _draw_first_or_later(draw: Draw) -> Case:
    """One case in three is the first step, which has no velocity yet."""
    case = draw_weights(draw)
    first = draw.integer(1, 3) == 1
    velocity = None if first else draw.tensor(*case["w"].shape)
    return Case(case | {"velocity": velocity, "momentum": draw.integer(3, 9) / 10})


def _draw_later(draw: Draw) -> Case:
    case = draw_weights(draw)
    velocity = draw.tensor(*case["w"].shape)
    return Case(case | {"velocity": velocity, "momentum": draw.integer(3, 9) / 10})


def _momentum(
    w: Tensor,
    grad: Tensor,
    velocity: Tensor | None,
    lr: float,
    momentum: float,
    nesterov: bool = False,
) -> tuple[Tensor, Tensor]:
    memory = {} if velocity is None else {"momentum_buffer": velocity}
    options = {"lr": lr, "momentum": momentum, "nesterov": nesterov}
    stepped, memory = single_step(SGD, w, grad, memory, **options)
    return stepped, memory["momentum_buffer"]


def _averaged(
    w: Tensor, grad: Tensor, velocity: Tensor | None, lr: float, momentum: float
) -> tuple[Tensor, Tensor]:
    before = torch.zeros_like(w) if velocity is None else velocity
    mean = momentum * before + (1 - momentum) * grad
    return w - lr * mean, mean


def _first_lost(
    w: Tensor, grad: Tensor, velocity: Tensor | None, lr: float, momentum: float
) -> tuple[Tensor, Tensor]:
    if velocity is None:
        return w.clone(), torch.zeros_like(w)
    return _momentum(w, grad, velocity, lr, momentum)


def _rate_inside(
    w: Tensor, grad: Tensor, velocity: Tensor | None, lr: float, momentum: float
) -> tuple[Tensor, Tensor]:
    _, new = _momentum(w, lr * grad, velocity, lr, momentum)
    return w - new, new


def _old_velocity(
    w: Tensor, grad: Tensor, velocity: Tensor | None, lr: float, momentum: float
) -> tuple[Tensor, Tensor]:
    _, new = _momentum(w, grad, velocity, lr, momentum)
    return w if velocity is None else w - lr * velocity, new


momentum_step = Check(
    task="momentum_step",
    draw=_draw_first_or_later,
    reference=_momentum,
    mistakes=(
        Mistake(
            "it goes up",
            "The step is against the velocity: minus, not plus.",
            upwards(_momentum),
        ),
        Mistake(
            "the gradients are averaged instead of summed",
            "The whole gradient joins the velocity here, not the share 1 - momentum of it.",
            _averaged,
        ),
        Mistake(
            "the first gradient is lost",
            "At the first step there is no velocity, and the gradient itself is the new one.",
            _first_lost,
        ),
        Mistake(
            "the weights move by the old velocity",
            "Renew the velocity first, then move by the new one.",
            _old_velocity,
        ),
        Mistake(
            "the learning rate is in the velocity",
            "The velocity sums plain gradients; the rate comes in when the weights move.",
            _rate_inside,
        ),
        Mistake(
            "the velocity is forgotten",
            "The new velocity keeps the share momentum of the old one.",
            lambda velocity, **rest: _momentum(velocity=None, **rest),
        ),
    ),
    cases=12,
)


_nesterov = partial(_momentum, nesterov=True)


def _whole_velocity(
    w: Tensor, grad: Tensor, velocity: Tensor, lr: float, momentum: float
) -> tuple[Tensor, Tensor]:
    _, new = _momentum(w, grad, velocity, lr, momentum)
    return w - lr * (grad + new), new


nesterov_step = Check(
    task="nesterov_step",
    draw=_draw_later,
    reference=_nesterov,
    mistakes=(
        Mistake(
            "it looks ahead along the old velocity, which makes it plain momentum",
            "The gradient plus momentum times the old velocity is the new velocity. Nesterov adds "
            "momentum times the new one to the gradient.",
            _momentum,
        ),
        Mistake(
            "it looks ahead by the whole velocity",
            "Only the share momentum of the velocity is kept, so only that is added.",
            _whole_velocity,
        ),
        Mistake(
            "it goes up",
            "The step is downhill: minus, not plus.",
            upwards(_nesterov),
        ),
        Mistake(
            "the velocity returned is the old one",
            "The next step needs the velocity that this gradient has joined.",
            lambda **arguments: (_nesterov(**arguments)[0], arguments["velocity"]),
        ),
    ),
)
