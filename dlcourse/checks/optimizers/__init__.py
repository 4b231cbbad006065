"""Checks of the optimizers exercise, in the order of its tasks.

Each task is one step as a pure function: weights, gradient and memory go in, new weights and new
memory come out. The references take that step with the package's own optimizers, which the tests
hold equal to torch.
"""

from .adaptive import adagrad_step, rmsprop_step
from .averages import adam_step, adamw_step
from .schedule import cosine_schedule
from .velocity import momentum_step, nesterov_step

__all__ = [
    "adagrad_step",
    "adam_step",
    "adamw_step",
    "cosine_schedule",
    "momentum_step",
    "nesterov_step",
    "rmsprop_step",
]
