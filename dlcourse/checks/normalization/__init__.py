"""Checks of the normalization exercise, in the order of its tasks.

Each task is a draw of cases, a reference and the wrong answers known by name. The references are
the package's own functions, which the tests hold equal to torch.
"""

from .backward import batch_norm_backward
from .batch import batch_norm, batch_norm_eval, update_running
from .folding import fold_batch_norm
from .groups import group_norm
from .response import local_response_norm

__all__ = [
    "batch_norm",
    "batch_norm_backward",
    "batch_norm_eval",
    "fold_batch_norm",
    "group_norm",
    "local_response_norm",
    "update_running",
]
