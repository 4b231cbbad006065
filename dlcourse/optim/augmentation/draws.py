"""Draws: random numbers for every image of a batch, from a given generator.

Torch:  torch.rand, whose numbers come from 0 to 1
"""

import torch
from jaxtyping import Bool, Float
from torch import Generator, Tensor

from .refusals import Number, refuse_share

__all__ = ["chance", "uniform", "whole"]


def uniform(
    low: Number, high: Number, count: int, generator: Generator
) -> Float[Tensor, "{count}"]:
    """Draw numbers evenly from ``low`` to ``high``, in double precision.

    >>> uniform(2, 2, count=3, generator=torch.Generator()).tolist()
    [2.0, 2.0, 2.0]
    """
    options = {"dtype": torch.float64, "device": generator.device}
    return low + (high - low) * torch.rand(count, generator=generator, **options)


def chance(p: Number, count: int, generator: Generator) -> Bool[Tensor, "{count}"]:
    """Say yes with probability ``p``, each time anew.

    Raises:
        ValueError: if ``p`` is not from 0 to 1.
    """
    refuse_share("p", p)
    return uniform(0, 1, count, generator) < p


def whole(most: int, generator: Generator) -> int:
    """Draw a whole number from 0 to ``most``, both included.

    >>> whole(0, generator=torch.Generator())
    0
    """
    return int(
        torch.randint(most + 1, (), generator=generator, device=generator.device)
    )
