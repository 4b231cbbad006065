"""Mined: the loss of a batch of people, whose triplets are chosen on the way.

Choosing needs no gradient: places come out, and the loss is computed at these. The mean is over the
triplets that cost something; were the easy ones counted, the slopes would fade as they multiply.

Axes:   b pictures of a batch, d entries of an embedding
Paper:  Schroff, Kalenichenko & Philbin 2015, "FaceNet", section 3.2; Hermans, Beyer & Leibe 2017,
        "In defense of the triplet loss", sections 2 and 3.5
Torch:  none
"""

from collections.abc import Callable

from jaxtyping import Float, Int
from torch import Tensor

from .distances import squared_distances
from .mining import semi_hard_triplets
from .triplets import Triplets

__all__ = ["mined_triplet_loss"]


def mined_triplet_loss(
    embeddings: Float[Tensor, "b d"],
    identities: Int[Tensor, "b"],
    margin: float | int = 0.2,
    mine: Callable[[Tensor, Tensor, float | int], Triplets] = semi_hard_triplets,
) -> Float[Tensor, ""]:
    """Compute the mean loss of the triplets that ``mine`` chooses; 0 if it chooses none.

    Args:
        embeddings: of the pictures of a batch.
        identities: who is on each.
        margin: in squared distances.
        mine: chooses triplets that are not easy, by distances, identities and margin.

    Raises:
        ValueError: if the shapes do not fit, an embedding is not finite, or the margin is negative.

    >>> line = torch.tensor([[0.0], [2.0], [3.0]])
    >>> mined_triplet_loss(line, torch.tensor([0, 0, 1]), 6.0).item()  # 4 - 9 + 6
    1.0
    """
    distances = squared_distances(embeddings, embeddings)
    anchor, positive, negative = mine(distances, identities, margin)
    losses = distances[anchor, positive] - distances[anchor, negative] + margin
    return losses.sum() / max(len(losses), 1)
