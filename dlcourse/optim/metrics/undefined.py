"""Undefined: what to answer where a quotient is 0 / 0.

The precision of someone who never says yes has no value, and a program that averages needs one. It
is 0 with a warning, unless the caller says what it shall be.

Torch:  none; the warning is scikit-learn's own, so that one filter serves both
"""

import math
import warnings

import torch
from jaxtyping import Float, Real
from torch import Tensor

__all__ = ["ZeroDivision", "divide", "warn_undefined"]

ZeroDivision = float | int | str
"""0, 1 or nan; or "warn", which is 0 and a warning."""


def warn_undefined(message: str) -> None:
    """Warn that a metric has no value for this input."""
    from sklearn.exceptions import UndefinedMetricWarning

    warnings.warn(message, UndefinedMetricWarning, stacklevel=2)


def divide(
    above: Real[Tensor, "k"],
    below: Real[Tensor, "k"],
    meaning: str,
    zero_division: ZeroDivision,
) -> Float[Tensor, "k"]:
    """Divide entry by entry, and put ``zero_division`` where the lower number is 0.

    Args:
        above: numerators.
        below: denominators.
        meaning: what the quotient is and when it has no value, to begin the warning with.
        zero_division: 0, 1, nan, or "warn".

    Raises:
        ValueError: if ``zero_division`` is something else.

    >>> divide(torch.tensor([1, 0]), torch.tensor([2, 0]), "", zero_division=1).tolist()
    [0.5, 1.0]
    """
    value = 0.0 if zero_division == "warn" else zero_division
    if isinstance(value, str) or not (value in (0, 1) or math.isnan(value)):
        raise ValueError(f'zero_division is {value!r}; say "warn", 0, 1 or nan')
    empty = below == 0
    if zero_division == "warn" and empty.any():
        warn_undefined(f"{meaning} is set to 0; zero_division sets another value")
    return torch.where(empty, value, above.double() / below)
