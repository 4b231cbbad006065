"""Angles: the cosine between an embedding and the weight of a class, and the sine without a root.

Divided by their lengths, embeddings and weights lie on a sphere, where only the angle is left. The
sine is measured as a length: the root of 1 - cos^2 and the arc cosine lose half the digits of small
angles, and their slopes are infinite where the angle is 0.

Axes:   b samples, d entries of an embedding, k classes
Torch:  torch.nn.functional.cosine_similarity for the cosines of pairs
"""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import normalize

from .refusals import refuse_pair

__all__ = ["cosines", "sines"]


def cosines(
    x: Float[Tensor, "b d"], weight: Float[Tensor, "k d"]
) -> Float[Tensor, "b k"]:
    """Take the cosine of the angle between each embedding and each class's weight.

    ``cos = x . w / (|x| |w|)``

    Args:
        x: embeddings of any length but 0.
        weight: a vector for each class, of any length but 0.

    Raises:
        ValueError: for a row that has no direction, or rows of different lengths.

    >>> cosines(torch.tensor([[3.0, 4.0]]), torch.tensor([[10.0, 0.0], [0.0, 1.0]]))
    tensor([[0.6000, 0.8000]])
    """
    refuse_pair(x, weight)
    return normalize(x) @ normalize(weight).T


def sines(x: Float[Tensor, "b d"], y: Float[Tensor, "b d"]) -> Float[Tensor, "b"]:
    """Take the sine of the angle between the rows of ``x`` and ``y``, two by two.

    It is the length of what remains of the direction of ``x`` when its part along ``y`` is taken
    away. This length changes by at most 1 a radian; its gradient where it is 0 is taken to be 0.

    Args:
        x: vectors of any length but 0.
        y: as many.

    Raises:
        ValueError: for a row that has no direction, or rows of different lengths.

    >>> sines(torch.tensor([[3.0, 4.0]]), torch.tensor([[10.0, 0.0]]))
    tensor([0.8000])
    """
    refuse_pair(x, y)
    x, y = normalize(x), normalize(y)
    along = (x * y).sum(dim=1, keepdim=True) * y
    return torch.linalg.vector_norm(x - along, dim=1)
