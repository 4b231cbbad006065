"""Checks of the regularization exercise, in the order of its tasks.

Four tasks are remedies against over-fitting, one averages networks, and two are for rare classes.
The references are the package's own functions, which the tests hold equal to torch, torchvision and
scikit-learn.
"""

from .averaging import average_predictions
from .balance import class_weights
from .dropout import dropout
from .focal import focal_loss
from .penalties import l2_penalty
from .smoothing import smoothed_cross_entropy
from .stopping import early_stopping

__all__ = [
    "average_predictions",
    "class_weights",
    "dropout",
    "early_stopping",
    "focal_loss",
    "l2_penalty",
    "smoothed_cross_entropy",
]
