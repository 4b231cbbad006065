"""Adaptive: checks of adagrad_step and rmsprop_step, a rate for each weight."""

from collections.abc import Callable

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.optim.optimizers import Adagrad, RMSprop

from .single import Value, draw_weights, single_step, upwards

__all__ = ["adagrad_step", "rmsprop_step"]

Step = Callable[..., tuple[Tensor, Tensor]]


def _draw_squares(draw: Draw) -> dict:
    """Draw weights and their memory; epsilon is large enough to show where it stands."""
    case = draw_weights(draw)
    squares = draw.tensor(*case["w"].shape).square()
    return case | {"squares": squares, "eps": draw.integer(1, 9) / 100}


def _outside(squares: Tensor, eps: float) -> Tensor:
    return squares.sqrt() + eps


def _step(
    renew: Callable[..., Tensor],
    scale: Callable[[Tensor, float], Tensor] = _outside,
) -> Step:
    """Make a step whose memory is renewed, and whose gradient is divided, in a given way."""

    def step(
        w: Tensor, grad: Tensor, lr: float, eps: float, **memory: Value
    ) -> tuple[Tensor, Tensor]:
        squares = renew(grad=grad, **memory)
        return w - lr * grad / scale(squares, eps), squares

    return step


def _with_old_squares(renew: Callable[..., Tensor]) -> Step:
    """Divide by the memory as it was before this gradient."""

    def step(**arguments: Value) -> tuple[Tensor, Tensor]:
        stale = _step(lambda squares, **rest: squares)
        return stale(**arguments)[0], _step(renew)(**arguments)[1]

    return step


def _mistakes(renew: Callable[..., Tensor]) -> tuple[Mistake, ...]:
    """What goes wrong alike in both methods, with either memory."""
    return (
        Mistake(
            "epsilon is inside the root",
            "Take the root first, then add epsilon.",
            _step(renew, scale=lambda squares, eps: (squares + eps).sqrt()),
        ),
        Mistake(
            "the root is forgotten",
            "The memory holds squares; it is their root that has the unit of the gradient.",
            _step(renew, scale=lambda squares, eps: squares + eps),
        ),
        Mistake(
            "it goes up",
            "The step is against the gradient: minus, not plus.",
            upwards(_step(renew)),
        ),
        Mistake(
            "the weights are divided by the old memory",
            "Renew the memory first: this gradient counts too.",
            _with_old_squares(renew),
        ),
    )


def _sum(grad: Tensor, squares: Tensor) -> Tensor:
    return squares + grad**2


def _adagrad(
    w: Tensor, grad: Tensor, squares: Tensor, lr: float, eps: float
) -> tuple[Tensor, Tensor]:
    memory = {"step": torch.tensor(0.0), "sum": squares}
    stepped, memory = single_step(Adagrad, w, grad, memory, lr=lr, eps=eps)
    return stepped, memory["sum"]


adagrad_step = Check(
    task="adagrad_step",
    draw=lambda draw: Case(_draw_squares(draw)),
    reference=_adagrad,
    mistakes=(
        *_mistakes(_sum),
        Mistake(
            "the gradient is not squared",
            "The memory sums the squares of the gradients.",
            _step(lambda grad, squares: squares + grad.abs()),
        ),
    ),
)


def _average(grad: Tensor, squares: Tensor, alpha: float) -> Tensor:
    return alpha * squares + (1 - alpha) * grad**2


def _rmsprop(
    w: Tensor, grad: Tensor, squares: Tensor, lr: float, alpha: float, eps: float
) -> tuple[Tensor, Tensor]:
    memory = {"step": torch.tensor(0.0), "square_avg": squares}
    options = {"lr": lr, "alpha": alpha, "eps": eps}
    stepped, memory = single_step(RMSprop, w, grad, memory, **options)
    return stepped, memory["square_avg"]


rmsprop_step = Check(
    task="rmsprop_step",
    draw=lambda draw: Case(_draw_squares(draw) | {"alpha": draw.integer(6, 9) / 10}),
    reference=_rmsprop,
    mistakes=(
        *_mistakes(_average),
        Mistake(
            "the squares are summed, as in Adagrad",
            "RMSprop forgets: keep the share alpha of the memory, and add 1 - alpha of the square.",
            _step(lambda grad, squares, alpha: squares + grad**2),
        ),
        Mistake(
            "the shares are swapped",
            "alpha is the share of the memory that is kept; the new square gets the rest.",
            _step(lambda grad, squares, alpha: _average(grad, squares, 1 - alpha)),
        ),
    ),
)
