"""Checks of the verification exercise, in the order of its tasks.

The references are the package's own functions, which the tests hold equal to scipy and
scikit-learn.
"""

from .comparing import chi_square, siamese_logits, squared_distances
from .people import false_alarm_rate, identify
from .rates import equal_error_rate, error_rates, tar_at_far

__all__ = [
    "chi_square",
    "equal_error_rate",
    "error_rates",
    "false_alarm_rate",
    "identify",
    "siamese_logits",
    "squared_distances",
    "tar_at_far",
]
