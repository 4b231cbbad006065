"""Loss: a positive has to be nearer to the anchor than the negative, by a margin.

Without the margin, embeddings that are all equal would cost nothing. With it they cost the margin,
and a triplet that keeps it costs nothing and moves nothing.

Axes:   b triplets, d entries of an embedding
Paper:  Schroff, Kalenichenko & Philbin 2015, "FaceNet: a unified embedding for face recognition and
        clustering", equation 3
Torch:  torch.nn.TripletMarginWithDistanceLoss, torch.nn.functional.triplet_margin_loss
"""

import math

from jaxtyping import Float
from torch import Tensor
from torch.linalg import vector_norm

__all__ = ["refuse_margin", "triplet_loss"]


def triplet_loss(
    anchor: Float[Tensor, "b d"],
    positive: Float[Tensor, "b d"],
    negative: Float[Tensor, "b d"],
    margin: float | int = 0.2,
    *,
    squared: bool = True,
) -> Float[Tensor, ""]:
    """Compute the mean over the triplets of max(0, |a - p|^2 - |a - n|^2 + margin).

    Args:
        anchor: embeddings of the pictures that are compared.
        positive: of other pictures of the same people.
        negative: of pictures of other people.
        margin: in squared distances, or in distances if these are not squared.
        squared: whether distances are squared, as in FaceNet; torch's own loss does not.

    Raises:
        ValueError: if the shapes differ or hold no triplet, an embedding is not finite, or the
            margin is not a finite number of at least 0.

    >>> a, p, n = torch.zeros(1, 2), torch.tensor([[0.3, 0.4]]), torch.tensor([[0.6, 0.0]])
    >>> round(triplet_loss(a, p, n, margin=0.2).item(), 6)  # 0.25 - 0.36 + 0.2
    0.09
    >>> round(triplet_loss(a, p, n, margin=0.2, squared=False).item(), 6)  # 0.5 - 0.6 + 0.2
    0.1
    """
    _refuse(anchor, positive, negative)
    refuse_margin(margin)
    near, far = (
        (other - anchor).square().sum(dim=1)
        if squared
        else vector_norm(other - anchor, dim=1)
        for other in (positive, negative)
    )
    return (near - far + margin).clamp(min=0).mean()


def refuse_margin(margin: float | int) -> None:
    """Refuse a margin under which the loss has no sense.

    Raises:
        ValueError: if it is negative or not finite.
    """
    if not (math.isfinite(margin) and margin >= 0):
        raise ValueError(f"margin ({margin}) must be a finite number of at least 0")


def _refuse(*embeddings: Tensor) -> None:
    shapes = [tuple(x.shape) for x in embeddings]
    if len(set(shapes)) > 1 or embeddings[0].ndim != 2 or not embeddings[0].numel():
        raise ValueError(
            f"anchor, positive and negative have shapes {shapes[0]}, {shapes[1]} and {shapes[2]}; "
            "all need the same, with at least one triplet and one entry"
        )
    for name, x in zip(("anchor", "positive", "negative"), embeddings, strict=True):
        if not x.isfinite().all():
            raise ValueError(f"{name} has entries that are not finite")
