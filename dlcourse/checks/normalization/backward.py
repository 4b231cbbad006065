"""Backward: the check of batch_norm_backward."""

from collections.abc import Callable

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.nn import normalization as package

from .layers import LIBRARY, draw_layer, per_channel, standardized

__all__ = ["batch_norm_backward"]

AXES = (0, 2, 3)


def _gradients(dy: Tensor, x: Tensor, weight: Tensor, eps: float) -> tuple[Tensor, ...]:
    leaves = x.clone().requires_grad_(), weight.clone().requires_grad_()
    with torch.enable_grad():
        y = package.batch_norm(leaves[0], None, None, leaves[1], None, True, eps=eps)
    return (*torch.autograd.grad(y, leaves, dy), dy.sum(dim=AXES))


def _scale(x: Tensor, weight: Tensor, eps: float) -> Tensor:
    variance = x.var(dim=AXES, correction=0)
    return per_channel(weight / (variance + eps).sqrt())


def _straight(dy: Tensor, x: Tensor, weight: Tensor, eps: float) -> Tensor:
    return dy * _scale(x, weight, eps)


def _through_the_mean(dy: Tensor, x: Tensor, weight: Tensor, eps: float) -> Tensor:
    return _straight(dy - dy.mean(dim=AXES, keepdim=True), x, weight, eps)


def _through_the_variance(dy: Tensor, x: Tensor, weight: Tensor, eps: float) -> Tensor:
    normal = standardized(x, AXES, eps)
    along = (dy * normal).mean(dim=AXES, keepdim=True) * normal
    return _straight(dy - along, x, weight, eps)


def _with_dx(wrong_dx: Callable[..., Tensor]) -> Callable[..., tuple[Tensor, ...]]:
    """Complete a wrong dx with the right gradients of weight and bias."""
    return lambda **arguments: (wrong_dx(**arguments), *_gradients(**arguments)[1:])


def _draw_backward(draw: Draw) -> Case:
    layer = draw_layer(draw)
    del layer["bias"]
    return Case({"dy": draw.tensor(*layer["x"].shape), **layer})


batch_norm_backward = Check(
    task="batch_norm_backward",
    draw=_draw_backward,
    reference=_gradients,
    mistakes=(
        Mistake(
            "mean and variance are treated as constants in dx",
            "Both were made from x, so x moves y through them too.",
            _with_dx(_straight),
        ),
        Mistake(
            "dx does not go through the variance",
            "x moves the variance as well: take out what lies along the normalized values.",
            _with_dx(_through_the_mean),
        ),
        Mistake(
            "dx does not go through the mean",
            "x moves the mean as well: take out the mean of dy.",
            _with_dx(_through_the_variance),
        ),
        Mistake(
            "dx lacks the weight",
            "Whatever reaches x has passed the scale: dx carries weight too.",
            _with_dx(
                lambda dy, x, weight, eps: _gradients(
                    dy, x, torch.ones_like(weight), eps
                )[0]
            ),
        ),
        Mistake(
            "the gradient of the weight uses x and not the normalized values",
            "weight multiplies what is normalized already.",
            lambda dy, x, **rest: (
                _gradients(dy, x, **rest)[0],
                (dy * x).sum(dim=AXES),
                dy.sum(dim=AXES),
            ),
        ),
        Mistake(
            "the gradients of weight and bias are averaged",
            "The loss may average; this function adds up what every value contributes.",
            lambda dy, **rest: (
                _gradients(dy, **rest)[0],
                *(
                    gradient * dy.shape[1] / dy.numel()
                    for gradient in _gradients(dy, **rest)[1:]
                ),
            ),
        ),
        Mistake(
            "the gradients of weight and bias are summed over the batch only",
            "One weight serves every pixel of its channel: sum over height and width too.",
            lambda dy, x, weight, eps: (
                _gradients(dy, x, weight, eps)[0],
                (dy * standardized(x, AXES, eps)).sum(dim=0),
                dy.sum(dim=0),
            ),
        ),
    ),
    forbidden=LIBRARY,
    cases=6,
)
