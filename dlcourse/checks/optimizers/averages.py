"""Averages: checks of adam_step and adamw_step."""

from collections.abc import Callable
from functools import partial
from math import inf

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.optim.optimizers import Adam, AdamW

from .single import Value, draw_weights, single_step, upwards

__all__ = ["adam_step", "adamw_step"]

Answer = tuple[Tensor, Tensor, Tensor]


def _draw_averages(draw: Draw) -> dict:
    """Draw weights, averages and a step after the first, where even a count from 0 divides."""
    case = draw_weights(draw)
    shape = case["w"].shape
    return case | {
        "mean": draw.tensor(*shape),
        "squares": draw.tensor(*shape).square(),
        "t": draw.integer(2, 12),
        "beta1": draw.integer(5, 8) / 10,
        "beta2": draw.integer(90, 98) / 100,
        "eps": draw.integer(1, 9) / 100,
    }


def _by_package(
    kind: type[Adam],
    w: Tensor,
    grad: Tensor,
    mean: Tensor,
    squares: Tensor,
    t: int,
    lr: float,
    beta1: float,
    beta2: float,
    eps: float,
    weight_decay: float = 0.0,
) -> Answer:
    count = torch.tensor(float(t - 1))  # steps before this one
    memory = {"step": count, "exp_avg": mean, "exp_avg_sq": squares}
    options = {"betas": (beta1, beta2), "eps": eps, "weight_decay": weight_decay}
    stepped, memory = single_step(kind, w, grad, memory, lr=lr, **options)
    return stepped, memory["exp_avg"], memory["exp_avg_sq"]


_adam, _adamw = partial(_by_package, Adam), partial(_by_package, AdamW)


def _divided_by(scale: Callable[[Tensor, float], Tensor]) -> Callable[..., Answer]:
    """Make an Adam that gets its denominator from the corrected squares in a wrong way."""

    def step(
        w: Tensor,
        lr: float,
        t: int,
        beta1: float,
        beta2: float,
        eps: float,
        **rest: Value,
    ) -> Answer:
        setting = {"lr": lr, "t": t, "beta1": beta1, "beta2": beta2, "eps": eps}
        _, mean, squares = _adam(w=w, **setting, **rest)
        wrong = scale(squares / (1 - beta2**t), eps)
        return w - lr * mean / (1 - beta1**t) / wrong, mean, squares

    return step


def _counted(
    first: Callable[[int], float], second: Callable[[int], float]
) -> Callable[..., Answer]:
    """Make an Adam that corrects each average for a wrong number of steps."""

    def step(
        w: Tensor,
        lr: float,
        t: int,
        beta1: float,
        beta2: float,
        eps: float,
        **rest: Value,
    ) -> Answer:
        setting = {"lr": lr, "t": t, "beta1": beta1, "beta2": beta2, "eps": eps}
        _, mean, squares = _adam(w=w, **setting, **rest)
        scale = (squares / (1 - beta2 ** second(t))).sqrt() + eps
        return w - lr * mean / (1 - beta1 ** first(t)) / scale, mean, squares

    return step


def _corrected_kept(t: int, beta1: float, beta2: float, **rest: Value) -> Answer:
    stepped, mean, squares = _adam(t=t, beta1=beta1, beta2=beta2, **rest)
    return stepped, mean / (1 - beta1**t), squares / (1 - beta2**t)


adam_step = Check(
    task="adam_step",
    draw=lambda draw: Case(_draw_averages(draw)),
    reference=_adam,
    mistakes=(
        Mistake(
            "the bias correction is missing, or computed and not used",
            "Both averages start from zero; the step uses them divided by 1 - beta^t.",
            _counted(lambda t: inf, lambda t: inf),
        ),
        Mistake(
            "the bias correction counts from 0",
            "t is the number of this step, 1 at the first; the correction takes it as it is.",
            _counted(lambda t: t - 1, lambda t: t - 1),
        ),
        Mistake(
            "only the mean is corrected",
            "The squares start from zero as well: divide them by 1 - beta2^t.",
            _counted(lambda t: t, lambda t: inf),
        ),
        Mistake(
            "epsilon is inside the root",
            "Take the root of the corrected squares first, then add epsilon.",
            _divided_by(lambda squares, eps: (squares + eps).sqrt()),
        ),
        Mistake(
            "the root is forgotten",
            "The mean is divided by the root of the squares.",
            _divided_by(lambda squares, eps: squares + eps),
        ),
        Mistake(
            "the corrected averages are returned",
            "The next step needs the plain averages; the corrected ones serve this step only.",
            _corrected_kept,
        ),
        Mistake(
            "the two betas are swapped",
            "beta1 belongs to the mean, beta2 to the squares.",
            lambda beta1, beta2, **rest: _adam(beta1=beta2, beta2=beta1, **rest),
        ),
        Mistake(
            "it goes up",
            "The step is against the mean: minus, not plus.",
            upwards(_adam),
        ),
    ),
)


def _decay_after(lr: float, weight_decay: float, **rest: Value) -> Answer:
    stepped, *averages = _adam(lr=lr, **rest)
    return (1 - lr * weight_decay) * stepped, *averages


adamw_step = Check(
    task="adamw_step",
    draw=lambda draw: Case(
        _draw_averages(draw) | {"weight_decay": draw.integer(1, 9) / 10}
    ),
    reference=_adamw,
    mistakes=(
        Mistake(
            "the decay is added to the gradient",
            "That is L2 in Adam, where the decay is divided away. Shrink the weights themselves.",
            lambda w, grad, weight_decay, **rest: _adam(
                w=w, grad=grad + weight_decay * w, **rest
            ),
        ),
        Mistake(
            "the decay is not scaled by the learning rate",
            "The weights shrink by the factor 1 - lr weight_decay.",
            lambda w, weight_decay, **rest: _adam(w=(1 - weight_decay) * w, **rest),
        ),
        Mistake(
            "the decay comes after the step",
            "The weights shrink first; what Adam then adds is not shrunk.",
            _decay_after,
        ),
        Mistake(
            "the weights grow",
            "The decay pulls towards zero: the factor is below 1.",
            lambda w, lr, weight_decay, **rest: _adam(
                w=(1 + lr * weight_decay) * w, lr=lr, **rest
            ),
        ),
        Mistake(
            "the decay is missing",
            "This is Adam's step; shrink the weights before it.",
            lambda weight_decay, **rest: _adam(**rest),
        ),
    ),
    builds_on=(adam_step,),
)
