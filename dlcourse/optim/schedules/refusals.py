"""Refusals: options that no schedule accepts, each with the value and the rule.

torch lets most of them pass: a step size of 0 fails at the first step with a division by zero, and
a negative factor turns every other step uphill without a word.

Torch:  the same bounds where torch checks at all
"""

from math import inf

__all__ = ["refuse_count", "refuse_factor", "refuse_outside"]


def refuse_count(name: str, value: int) -> None:
    """Refuse what does not count steps."""
    if not (isinstance(value, int) and value >= 1):
        raise ValueError(f"{name} ({value}) must be a whole number of at least 1")


def refuse_factor(name: str, value: float) -> None:
    """Refuse what would end the rate, turn it round or make it infinite."""
    if not 0 < value < inf:
        raise ValueError(f"{name} ({value}) must be above 0 and finite")


def refuse_outside(name: str, value: float, low: float, high: float) -> None:
    """Refuse what lies outside two bounds."""
    if not low <= value <= high:
        raise ValueError(f"{name} ({value}) must lie from {low:g} to {high:g}")
