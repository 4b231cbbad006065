"""Pairs: all pairs of a set of pictures, their distances, and which of them show one person.

Verification is judged by pairs. A set of b pictures has b (b - 1) / 2 of them, and far more show
two people than one: so the two kinds are counted apart.

Axes:   b pictures, d entries of an embedding, n pairs
Paper:  Huang, Ramesh, Berg & Learned-Miller 2007, "Labeled faces in the wild", whose protocol
        fixes 6,000 pairs instead
Torch:  torch.pdist (which takes the root); scipy.spatial.distance.pdist(x, "sqeuclidean")
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

__all__ = ["pair_distances", "pairs_of"]


def pairs_of(
    identities: Int[Tensor, "b"],
) -> tuple[Int[Tensor, "n"], Int[Tensor, "n"], Bool[Tensor, "n"]]:
    """List the places of all pairs, the first place before the second, and which are the same.

    Raises:
        ValueError: if there are fewer than two pictures.

    >>> [row.tolist() for row in pairs_of(torch.tensor([7, 7, 2]))]
    [[0, 0, 1], [1, 2, 2], [True, False, False]]
    """
    if len(identities) < 2:
        raise ValueError(f"{len(identities)} pictures make no pair; there must be two")
    one, other = torch.triu_indices(
        len(identities), len(identities), 1, device=identities.device
    )
    return one, other, identities[one] == identities[other]


def pair_distances(
    embeddings: Float[Tensor, "b d"], identities: Int[Tensor, "b"]
) -> tuple[Float[Tensor, "n"], Bool[Tensor, "n"]]:
    """Measure ``|f(x) - f(y)|^2`` of all pairs, and say which are the same person.

    Raises:
        ValueError: if there are not as many identities as embeddings, fewer than two, or an
            embedding is not finite.

    >>> embeddings = torch.tensor([[0.0, 0.0], [1.0, 0.0], [3.0, 4.0]])
    >>> distances, same = pair_distances(embeddings, torch.tensor([5, 5, 6]))
    >>> distances.tolist(), same.tolist()
    ([1.0, 25.0, 20.0], [True, False, False])
    """
    if len(embeddings) != len(identities):
        raise ValueError(
            f"there are {len(embeddings)} embeddings and {len(identities)} identities; there "
            "must be as many of both"
        )
    if not embeddings.isfinite().all():
        raise ValueError("an embedding has entries that are not finite")
    _, _, same = pairs_of(identities)
    return torch.pdist(embeddings).square(), same
