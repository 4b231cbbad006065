"""Errors: a threshold makes a decision of a distance, and errs in two ways.

Two pictures count as one person if their distance is at most the threshold. Then some pairs of two
people are accepted, and some of one person rejected. The two are shares of different sets of pairs,
since who is attacked and who is sent away are different people.

Axes:   n pairs; smaller distances are more alike, and may be negative
Paper:  Mansfield & Wayman 2002, "Best practices in testing and reporting performance of biometric
        devices"
Torch:  none; sklearn.metrics.confusion_matrix on the decisions
"""

from jaxtyping import Bool, Float
from torch import Tensor

__all__ = ["error_rates", "refuse_pairs", "verify"]


def verify(distances: Float[Tensor, "*b"], threshold: float) -> Bool[Tensor, "*b"]:
    """Accept a pair as one person if its distance is at most the threshold.

    >>> verify(torch.tensor([0.4, 0.5, 0.6]), 0.5).tolist()
    [True, True, False]
    """
    return distances <= threshold


def error_rates(
    distances: Float[Tensor, "n"], same: Bool[Tensor, "n"], threshold: float
) -> tuple[float, float]:
    """Give the false accept rate and the false reject rate at a threshold.

    ``FAR`` is the share of pairs of two people that are accepted, ``FRR`` the share of pairs of one
    person that are rejected.

    Raises:
        ValueError: if one kind of pairs is missing, the counts differ, or a distance is not finite.

    >>> distances = torch.tensor([0.2, 0.7, 0.4, 0.8, 0.9, 1.5])
    >>> same = torch.tensor([True, True, False, False, False, False])
    >>> error_rates(distances, same, threshold=0.5)  # one of four, and one of two
    (0.25, 0.5)
    """
    refuse_pairs(distances, same)
    accepted = verify(distances, threshold)
    return (
        accepted[~same].double().mean().item(),
        (~accepted[same]).double().mean().item(),
    )


def refuse_pairs(distances: Tensor, same: Tensor) -> None:
    """Refuse pairs of which no rates can be told.

    Raises:
        ValueError: if one kind of pairs is missing, the counts differ, or a distance is not finite.
    """
    if distances.ndim != 1 or distances.shape != same.shape:
        raise ValueError(
            f"distances have shape {tuple(distances.shape)} and same {tuple(same.shape)}; both "
            "need one axis, of the same length"
        )
    if not distances.isfinite().all():
        bad = distances[~distances.isfinite()][0].item()
        raise ValueError(f"a distance is {bad}; every distance must be finite")
    alike = int(same.sum())
    if not 0 < alike < len(same):
        raise ValueError(
            f"{alike} of {len(same)} pairs are the same person; the rates need pairs of both kinds"
        )
