"""Refusals: what no function here accepts, each with the value and the rule.

Torch:  the same bounds, in other words
"""

from jaxtyping import Integer
from torch import Tensor

__all__ = [
    "REDUCTIONS",
    "refuse_labels",
    "refuse_negative",
    "refuse_reduction",
    "refuse_share",
]

REDUCTIONS = ("none", "mean", "sum")


def refuse_share(name: str, value: float) -> None:
    """Refuse a share or probability outside of 0 to 1."""
    if not 0 <= value <= 1:
        raise ValueError(f"{name} ({value}) must lie from 0 to 1")


def refuse_negative(name: str, value: float) -> None:
    """Refuse a strength below 0."""
    if not value >= 0:
        raise ValueError(f"{name} ({value}) must be at least 0")


def refuse_reduction(reduction: str) -> None:
    """Refuse an unknown way to make one number of many losses."""
    if reduction not in REDUCTIONS:
        names = ", ".join(f'"{name}"' for name in REDUCTIONS)
        raise ValueError(f'reduction is "{reduction}"; say one of {names}')


def refuse_labels(target: Integer[Tensor, "*n"], classes: int) -> None:
    """Refuse labels that name no class."""
    strange = target[(target < 0) | (target >= classes)]
    if len(strange):
        raise ValueError(
            f"target {strange[0].item()} is none of the {classes} classes, "
            f"0 to {classes - 1}"
        )
