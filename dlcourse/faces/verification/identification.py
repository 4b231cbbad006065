"""Identification: how errors grow with the number of people.

Who is asked about has one chance to be taken for another with every person in the gallery. Were
these chances independent, 1 - (1 - p)^n of all strangers would be taken for somebody.

Axes:   b queries, m people of the gallery
Paper:  Phillips, Grother & Micheals 2011, "Evaluation methods in face recognition" (the two rates)
Torch:  none
"""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor

__all__ = ["false_alarm_rate", "identification_rates"]


def false_alarm_rate(far: float, people: int) -> float:
    """Give ``1 - (1 - far)^people``: at least one false accept in so many independent comparisons.

    Raises:
        ValueError: if ``far`` is not between 0 and 1, or ``people`` is negative.

    >>> false_alarm_rate(0.5, people=2)
    0.75
    """
    if not 0 <= far <= 1 or people < 0:
        raise ValueError(
            f"far ({far}) must lie between 0 and 1, and people ({people}) not be negative"
        )
    if far == 1:
        return float(people > 0)
    return -math.expm1(people * math.log1p(-far))  # keeps its digits at small rates


def identification_rates(
    distances: Float[Tensor, "b m"],
    who: Int[Tensor, "b"],
    people: Int[Tensor, "m"],
    threshold: float = math.inf,
) -> tuple[float, float]:
    """Give the share of known queries that are named rightly, and of strangers that are named.

    A query is named after the nearest person, if it is at most the threshold away.

    Args:
        distances: of each query to each person.
        who: the query is.
        people: the identity of each column; who is not among them is a stranger.
        threshold: of a distance that is accepted.

    Returns:
        Identification rate and false alarm rate; nan without known queries, or without strangers.

    Raises:
        ValueError: if counts differ, there is nobody, or a distance is nan.

    >>> distances = torch.tensor([[0.1, 0.9], [0.4, 0.3], [0.5, 0.8]])
    >>> identification_rates(distances, torch.tensor([0, 0, 7]), torch.tensor([0, 1]), 0.5)
    (0.5, 1.0)
    """
    if distances.shape != (len(who), len(people)) or not len(people):
        raise ValueError(
            f"distances have shape {tuple(distances.shape)} for {len(who)} queries and "
            f"{len(people)} people; they need one row a query, one column a person, at least one"
        )
    if distances.isnan().any():
        raise ValueError("a distance is nan; every distance must be a number")
    nearest, column = distances.min(dim=1)
    named = nearest <= threshold
    known = torch.isin(who, people)
    right = named & (people[column] == who)
    return _share(right[known]), _share(named[~known])


def _share(chosen: Tensor) -> float:
    return chosen.double().mean().item() if len(chosen) else math.nan
