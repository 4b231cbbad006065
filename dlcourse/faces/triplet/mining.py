"""Mining: of all triplets of a batch, choose those worth learning from.

After some training nearly all triplets keep the margin and teach nothing. Whoever takes them as
they come learns from a few and slows down; whoever takes only the hardest follows the batch's
mislabelled and misdrawn pictures, and may end where all embeddings are equal. Every choice here
leaves out the easy triplets, which cost nothing, so that a mean is over the rest.

Axes:   b pictures of a batch
Paper:  Schroff, Kalenichenko & Philbin 2015, "FaceNet", section 3.2 (semi-hard); Hermans, Beyer &
        Leibe 2017, "In defense of the triplet loss", equations 5 and 6 (hard, all)
Torch:  none
"""

import torch
from jaxtyping import Bool, Float, Int
from torch import Generator, Tensor

from .loss import refuse_margin
from .triplets import Triplets, all_triplets, pairs

__all__ = [
    "active_triplets",
    "hard_triplets",
    "random_triplets",
    "semi_hard_triplets",
]


@torch.no_grad()
def active_triplets(
    distances: Float[Tensor, "b b"], identities: Int[Tensor, "b"], margin: float | int
) -> Triplets:
    """Take every triplet with negative < positive + margin, in distances from the anchor.

    Raises:
        ValueError: if the shapes do not fit, a distance is not a number, or the margin is negative.

    >>> line = torch.tensor([0.0, 2.0, 3.0])
    >>> distances = (line[:, None] - line).square()
    >>> [t.tolist() for t in active_triplets(distances, torch.tensor([0, 0, 1]), 1.0)]
    [[1], [0], [2]]
    """
    _refuse(distances, identities, margin)
    return _active(all_triplets(identities), distances, margin)


@torch.no_grad()
def random_triplets(
    distances: Float[Tensor, "b b"],
    identities: Int[Tensor, "b"],
    margin: float | int,
    generator: Generator,
) -> Triplets:
    """Take one negative for every pair of anchor and positive, by chance, and drop the easy ones.

    Raises:
        ValueError: as :func:`active_triplets`.
    """
    _refuse(distances, identities, margin)
    anchor, positive = pairs(identities)
    different = identities[anchor][:, None] != identities
    anchor, positive, different = _with_choice(anchor, positive, different)
    if not len(anchor):
        return Triplets(anchor, positive, anchor)
    negative = torch.multinomial(different.double().cpu(), 1, generator=generator)
    negative = negative[:, 0].to(anchor.device)
    return _active(Triplets(anchor, positive, negative), distances, margin)


@torch.no_grad()
def hard_triplets(
    distances: Float[Tensor, "b b"], identities: Int[Tensor, "b"], margin: float | int
) -> Triplets:
    """Take for every anchor its farthest positive and its nearest negative, and drop the easy ones.

    An anchor without a positive or without a negative has no triplet. Of equals the first is taken.

    Raises:
        ValueError: as :func:`active_triplets`.

    >>> line = torch.tensor([0.0, 1.0, 3.0, 4.0, 9.0])
    >>> distances = (line[:, None] - line).square()
    >>> [t.tolist() for t in hard_triplets(distances, torch.tensor([0, 0, 0, 1, 1]), 1.0)]
    [[2, 3], [0, 4], [3, 2]]
    """
    _refuse(distances, identities, margin)
    same = identities[:, None] == identities
    others = same & ~torch.eye(len(same), dtype=torch.bool, device=same.device)
    anchor = (others.any(dim=1) & ~same.all(dim=1)).nonzero()[:, 0]
    if not len(anchor):
        return Triplets(anchor, anchor, anchor)
    positive = distances.masked_fill(~others, -torch.inf).argmax(dim=1)
    negative = distances.masked_fill(same, torch.inf).argmin(dim=1)
    found = Triplets(anchor, positive[anchor], negative[anchor])
    return _active(found, distances, margin)


@torch.no_grad()
def semi_hard_triplets(
    distances: Float[Tensor, "b b"], identities: Int[Tensor, "b"], margin: float | int
) -> Triplets:
    """Take for every pair the nearest negative beyond its positive, if it is within the margin.

    For all pairs of anchor and positive: positive < negative < positive + margin. A pair between
    whose positive and margin no negative lies has no triplet.

    Raises:
        ValueError: as :func:`active_triplets`.

    >>> line = torch.tensor([0.0, 2.0, 1.0, -3.0])
    >>> distances = (line[:, None] - line).square()
    >>> [t.tolist() for t in semi_hard_triplets(distances, torch.tensor([0, 0, 1, 2]), 6.0)]
    [[0], [1], [3]]
    """
    _refuse(distances, identities, margin)
    anchor, positive = pairs(identities)
    reach = distances[anchor, positive][:, None]
    beyond = (identities[anchor][:, None] != identities) & (distances[anchor] > reach)
    anchor, positive, beyond = _with_choice(anchor, positive, beyond)
    if not len(anchor):
        return Triplets(anchor, positive, anchor)
    negative = distances[anchor].masked_fill(~beyond, torch.inf).argmin(dim=1)
    return _active(Triplets(anchor, positive, negative), distances, margin)


def _with_choice(
    anchor: Int[Tensor, "n"], positive: Int[Tensor, "n"], choice: Bool[Tensor, "n b"]
) -> tuple[Int[Tensor, "m"], Int[Tensor, "m"], Bool[Tensor, "m b"]]:
    """Drop the pairs that have no negative to choose."""
    some = choice.any(dim=1)
    return anchor[some], positive[some], choice[some]


def _active(
    found: Triplets, distances: Float[Tensor, "b b"], margin: float | int
) -> Triplets:
    """Drop the easy ones."""
    anchor, positive, negative = found
    active = distances[anchor, positive] - distances[anchor, negative] + margin > 0
    return Triplets(anchor[active], positive[active], negative[active])


def _refuse(distances: Tensor, identities: Tensor, margin: float | int) -> None:
    count = len(identities)
    if identities.ndim != 1 or tuple(distances.shape) != (count, count):
        raise ValueError(
            f"distances of shape {tuple(distances.shape)} do not fit {tuple(identities.shape)} "
            "identities; there must be one for every two of them"
        )
    if distances.isnan().any():
        raise ValueError("a distance is not a number")
    refuse_margin(margin)
