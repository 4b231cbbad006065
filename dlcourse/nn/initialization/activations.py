"""Activations: the functions between two layers, each with its slope.

The value goes forward and the slope comes back: a gradient that passes a unit is multiplied by the
slope at that unit's input. How steep a function is, and where it is flat, therefore decides how far
back a deep network can learn.

Axes:   any shape; every entry is treated alone
Paper:  Maas, Hannun & Ng 2013, "Rectifier nonlinearities improve neural network acoustic models"
        (leaky ReLU); Clevert, Unterthiner & Hochreiter 2016, "Fast and accurate deep network
        learning by exponential linear units (ELUs)"
Torch:  torch.nn.functional.sigmoid, tanh, relu, leaky_relu, elu; at 0 the slope from the left, as
        there
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, tanh  # tanh, like exp, is where the arithmetic starts

__all__ = [
    "ACTIVATIONS",
    "Activation",
    "elu",
    "elu_slope",
    "leaky_relu",
    "leaky_relu_slope",
    "relu",
    "relu_slope",
    "sigmoid",
    "sigmoid_slope",
    "tanh",
    "tanh_slope",
]


def sigmoid(x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """Squeeze the line into (0, 1): ``1 / (1 + exp(-x)) = (1 + tanh(x / 2)) / 2``.

    >>> sigmoid(torch.tensor([-1000.0, 0.0])).tolist()
    [0.0, 0.5]
    """
    return (1 + tanh(x / 2)) / 2  # where exp(1000) would overflow


def sigmoid_slope(x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """Give ``s (1 - s)`` with ``s = sigmoid(x)``: at most 1/4.

    >>> sigmoid_slope(torch.tensor(0.0)).item()
    0.25
    """
    s = sigmoid(x)
    return s * (1 - s)


def tanh_slope(x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """Give ``1 - tanh(x)^2``: at most 1.

    >>> tanh_slope(torch.tensor(0.0)).item()
    1.0
    """
    return 1 - tanh(x).square()


def relu(x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """Keep what is positive: ``max(x, 0)``.

    >>> relu(torch.tensor([-2.0, 3.0])).tolist()
    [0.0, 3.0]
    """
    return torch.where(x <= 0, 0.0, x)


def relu_slope(x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """Give 1 where x is positive and 0 elsewhere.

    >>> relu_slope(torch.tensor([-2.0, 0.0, 3.0])).tolist()
    [0.0, 0.0, 1.0]
    """
    return (x > 0).to(x.dtype)


def leaky_relu(
    x: Float[Tensor, "*shape"], negative_slope: float = 0.01
) -> Float[Tensor, "*shape"]:
    """Keep what is positive, and a fraction of what is not: ``x`` or ``negative_slope x``.

    >>> leaky_relu(torch.tensor([-2.0, 3.0]), negative_slope=0.5).tolist()
    [-1.0, 3.0]
    """
    return torch.where(x <= 0, negative_slope * x, x)


def leaky_relu_slope(
    x: Float[Tensor, "*shape"], negative_slope: float = 0.01
) -> Float[Tensor, "*shape"]:
    """Give 1 where x is positive and ``negative_slope`` elsewhere.

    >>> leaky_relu_slope(torch.tensor([-2.0, 3.0]), negative_slope=0.5).tolist()
    [0.5, 1.0]
    """
    return torch.where(x <= 0, negative_slope, torch.ones_like(x))


def elu(x: Float[Tensor, "*shape"], alpha: float = 1.0) -> Float[Tensor, "*shape"]:
    """Keep what is positive and bend the rest towards ``-alpha``: ``x`` or ``alpha (exp(x) - 1)``.

    >>> elu(torch.tensor([-1000.0, 0.0, 3.0]), alpha=2.0).tolist()
    [-2.0, 0.0, 3.0]
    """
    # The branch that is not taken must stay finite too, or its gradient is 0 times infinity; and
    # torch's clamp would have the slope 0 at 0.
    below = torch.where(x <= 0, x, 0.0)
    return torch.where(x <= 0, alpha * torch.expm1(below), x)


def elu_slope(
    x: Float[Tensor, "*shape"], alpha: float = 1.0
) -> Float[Tensor, "*shape"]:
    """Give 1 where x is positive and ``alpha exp(x)`` elsewhere.

    >>> elu_slope(torch.tensor([0.0, 3.0]), alpha=2.0).tolist()
    [2.0, 1.0]
    """
    return torch.where(x <= 0, alpha * torch.exp(x.clamp(max=0)), 1.0)


class Activation(NamedTuple):
    """What one unit passes forward, and what it multiplies a gradient by on the way back."""

    value: Callable[[Tensor], Tensor]
    slope: Callable[[Tensor], Tensor]


ACTIVATIONS: dict[str, Activation] = {
    "sigmoid": Activation(sigmoid, sigmoid_slope),
    "tanh": Activation(tanh, tanh_slope),
    "relu": Activation(relu, relu_slope),
    "leaky_relu": Activation(leaky_relu, leaky_relu_slope),
    "elu": Activation(elu, elu_slope),
}
"""The five by torch's names, each with torch's default settings."""
