"""Draws: fill a tensor in place, with one number or with random ones.

The underscore is torch's sign for "in place". A weight is a leaf of the graph that autograd
records, so it may only be overwritten where nothing is recorded.

Axes:   any shape
Torch:  torch.nn.init.constant_, zeros_, normal_, uniform_
"""

import math

import torch
from jaxtyping import Float
from torch import Generator, Tensor

__all__ = ["constant_", "normal_", "uniform_", "uniform_of_std_", "zeros_"]


@torch.no_grad()
def constant_(tensor: Float[Tensor, "*shape"], val: float) -> Float[Tensor, "*shape"]:
    """Set every entry to ``val``: the usual start of a bias.

    >>> constant_(torch.empty(2), 0.5).tolist()
    [0.5, 0.5]
    """
    return tensor.fill_(val)


def zeros_(tensor: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """Set every entry to 0.

    >>> zeros_(torch.empty(2)).tolist()
    [0.0, 0.0]
    """
    return constant_(tensor, 0.0)


@torch.no_grad()
def normal_(
    tensor: Float[Tensor, "*shape"],
    mean: float = 0.0,
    std: float = 1.0,
    generator: Generator | None = None,
) -> Float[Tensor, "*shape"]:
    """Draw every entry from a normal distribution.

    Raises:
        ValueError: if ``std`` is negative.

    >>> normal_(torch.empty(2), mean=3.0, std=0.0).tolist()
    [3.0, 3.0]
    """
    if std < 0:
        raise ValueError(f"std ({std}) must not be negative")
    return tensor.normal_(mean, std, generator=generator)


@torch.no_grad()
def uniform_(
    tensor: Float[Tensor, "*shape"],
    a: float = 0.0,
    b: float = 1.0,
    generator: Generator | None = None,
) -> Float[Tensor, "*shape"]:
    """Draw every entry evenly from a to b.

    Raises:
        ValueError: if b lies below a.

    >>> uniform_(torch.empty(2), a=3.0, b=3.0).tolist()
    [3.0, 3.0]
    """
    if a > b:
        raise ValueError(f"a ({a}) must not be above b ({b})")
    return tensor.uniform_(a, b, generator=generator)


def uniform_of_std_(
    tensor: Float[Tensor, "*shape"], std: float, generator: Generator | None = None
) -> Float[Tensor, "*shape"]:
    """Draw every entry evenly from ``-sqrt(3) std`` to ``sqrt(3) std``.

    A number uniform in ``[-b, b]`` has the variance ``b^2 / 3``, so this bound gives the std asked
    for.

    >>> bool(uniform_of_std_(torch.empty(99), std=2.0).abs().max() <= math.sqrt(12))
    True
    """
    bound = math.sqrt(3) * std
    return uniform_(tensor, -bound, bound, generator)
