"""Reduction: one number out of the losses of many samples.

Torch:  the parameter ``reduction`` of its losses
"""

from jaxtyping import Float
from torch import Tensor

from .refusals import refuse_reduction

__all__ = ["reduce"]


def reduce(
    losses: Float[Tensor, "*n"],
    reduction: str,
    weights: Float[Tensor, "*n"] | None = None,
) -> Float[Tensor, "..."]:
    """Keep the losses ("none"), add them ("sum"), or divide the sum by their weights' ("mean").

    Args:
        losses: already multiplied by their weights, if they have any.
        reduction: one of the three.
        weights: of the losses, 1 each if left out. Their sum and not their number divides, so that
            doubling all weights changes nothing.

    Raises:
        ValueError: for an unknown reduction.

    >>> losses, weights = torch.tensor([2.0, 6.0]), torch.tensor([1.0, 3.0])
    >>> reduce(losses, "mean").item(), reduce(losses, "mean", weights).item()
    (4.0, 2.0)
    """
    refuse_reduction(reduction)
    if reduction == "none":
        return losses
    if reduction == "sum":
        return losses.sum()
    return losses.mean() if weights is None else losses.sum() / weights.sum()
