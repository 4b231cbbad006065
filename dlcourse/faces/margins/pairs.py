"""Pairs: the angles between pictures of one identity, and of two.

What the losses promise is said in angles: small within an identity, large between two. Verification
asks for no more than that one angle parts the two kinds.

Axes:   b samples, d entries of an embedding, n pairs within an identity, m pairs between two
Torch:  none
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import normalize

from .refusals import refuse_labels, refuse_vectors

__all__ = ["pair_angles"]


def pair_angles(
    x: Float[Tensor, "b d"], labels: Int[Tensor, "b"]
) -> tuple[Float[Tensor, "n"], Float[Tensor, "m"]]:
    """Measure the angles, in degrees, of all pairs of one identity and of all pairs of two.

    ``2 atan2(|x - y|, |x + y|)`` of unit vectors, which keeps its digits at small angles.

    Raises:
        ValueError: for a vector without direction, or labels that are not one each, from 0 on.

    >>> x = torch.tensor([[1.0, 0.0], [2.0, 0.0], [0.0, 1.0]])
    >>> pair_angles(x, torch.tensor([0, 0, 1]))
    (tensor([0.]), tensor([90., 90.]))
    """
    refuse_vectors("x", x)
    refuse_labels(labels, len(x), 1 + max(0, int(labels.max()) if len(labels) else 0))
    unit = normalize(x)
    first, second = torch.triu_indices(len(x), len(x), offset=1, device=x.device)
    apart = torch.linalg.vector_norm(unit[first] - unit[second], dim=1)
    joined = torch.linalg.vector_norm(unit[first] + unit[second], dim=1)
    degrees = torch.rad2deg(2 * torch.atan2(apart, joined))
    same = labels[first] == labels[second]
    return degrees[same], degrees[~same]
