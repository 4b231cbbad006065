"""Sparse: give each input a few random connections and no others.

The size of a sum stays the same for any number of inputs if only a fixed number of its weights
differs from zero. Which ones do is left to chance, and that chance tells the units apart.

Axes:   o units out, i in
Paper:  Martens 2010, "Deep learning via Hessian-free optimization"
Torch:  torch.nn.init.sparse_, which takes the places of the zeros from the global source even where
        a generator is given
"""

import math

import torch
from jaxtyping import Float
from torch import Generator, Tensor

from .draws import normal_

__all__ = ["sparse_"]


@torch.no_grad()
def sparse_(
    tensor: Float[Tensor, "o i"],
    sparsity: float,
    std: float = 0.01,
    generator: Generator | None = None,
) -> Float[Tensor, "o i"]:
    """Draw normal numbers, then set ``ceil(sparsity o)`` random entries of each column to 0.

    Args:
        tensor: the weight of a linear layer, filled in place.
        sparsity: fraction of each column that is 0; ``1 - 10 / o`` leaves ten connections.
        std: of the entries that stay.
        generator: source of numbers and places; without one, torch's global source.

    Raises:
        ValueError: if the tensor has not two axes, or ``sparsity`` is outside [0, 1].

    >>> (sparse_(torch.empty(10, 3), sparsity=0.8) != 0).sum(dim=0).tolist()
    [2, 2, 2]
    """
    if tensor.dim() != 2:
        raise ValueError(
            f"a tensor of shape {tuple(tensor.shape)} cannot be made sparse; it needs 2 axes "
            "(out, in)"
        )
    if not 0 <= sparsity <= 1:
        raise ValueError(f"sparsity ({sparsity}) must be between 0 and 1")
    normal_(tensor, std=std, generator=generator)
    rows, columns = tensor.shape
    zeros = math.ceil(sparsity * rows)
    for column in range(columns):
        tensor[torch.randperm(rows, generator=generator)[:zeros], column] = 0
    return tensor
