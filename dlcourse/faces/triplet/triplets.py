"""Triplets: three places in a batch, and all that a batch holds.

A batch of P people with K pictures each has PK anchors, K - 1 positives for each of them, and
(P - 1)K negatives for each of these pairs: pictures are embedded once and compared many times.

Axes:   b pictures of a batch, n triplets
Paper:  Hermans, Beyer & Leibe 2017, "In defense of the triplet loss for person re-identification",
        section 2
Torch:  none
"""

from typing import NamedTuple

from jaxtyping import Int
from torch import Tensor

__all__ = ["Triplets", "all_triplets", "pairs"]


class Triplets(NamedTuple):
    """Places in the batch, one entry of each a triplet."""

    anchor: Int[Tensor, "n"]
    positive: Int[Tensor, "n"]
    negative: Int[Tensor, "n"]


def pairs(identities: Int[Tensor, "b"]) -> tuple[Int[Tensor, "n"], Int[Tensor, "n"]]:
    """List the places of anchor and positive: the same person on two pictures.

    >>> [places.tolist() for places in pairs(torch.tensor([5, 7, 5]))]
    [[0, 2], [2, 0]]
    """
    same = identities[:, None] == identities
    same.fill_diagonal_(False)  # no picture is its own positive
    anchor, positive = same.nonzero().unbind(1)
    return anchor, positive


def all_triplets(identities: Int[Tensor, "b"]) -> Triplets:
    """List every triplet, ordered by anchor, then positive, then negative.

    >>> [places.tolist() for places in all_triplets(torch.tensor([5, 7, 5]))]
    [[0, 2], [2, 0], [1, 1]]
    """
    anchor, positive = pairs(identities)
    pair, negative = (identities[anchor][:, None] != identities).nonzero().unbind(1)
    return Triplets(anchor[pair], positive[pair], negative)
