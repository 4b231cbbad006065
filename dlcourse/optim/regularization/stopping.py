"""Stopping: end the training when held-out data no longer gains from it, and go back to the best.

What a network learns first is what the examples have in common, and what it learns last are their
peculiarities. The loss of data it does not train on tells when the one passes into the other. That
data has then had its part in the training, and cannot be the data that the result is judged by.

Paper:  Prechelt 1998, "Early stopping, but when?"
Torch:  none; the callback EarlyStopping of Lightning and Keras
"""

from copy import deepcopy
from math import inf
from typing import Any

from torch import Tensor, nn

from .refusals import refuse_negative

__all__ = ["EarlyStopping"]


class EarlyStopping:
    """Follow a loss, keep the weights it was lowest with, and say when to stop.

    Args:
        patience: measurements in a row without a new lowest loss that end the training.
        min_delta: how far below the lowest so far a loss must be to count as new.

    Attributes:
        best: the lowest loss.
        best_at: which measurement gave it, counted from 0; -1 before the first.
        seen: how many measurements there were.

    Raises:
        ValueError: if the patience is below 1 or ``min_delta`` below 0.

    >>> stopping = EarlyStopping(patience=2)
    >>> [stopping.update(loss) for loss in (0.9, 0.5, 0.7, 0.6)]
    [False, False, False, True]
    >>> stopping.best_at
    1
    """

    def __init__(self, patience: int, min_delta: float = 0.0) -> None:
        if patience < 1:
            raise ValueError(f"patience ({patience}) must be at least 1")
        refuse_negative("min_delta", min_delta)
        self.patience, self.min_delta = patience, min_delta
        self.best, self.best_at, self.seen = inf, -1, 0
        self.state: dict[str, Tensor | Any] | None = None

    def update(self, loss: float, model: nn.Module | None = None) -> bool:
        """Take one measurement; answer whether the patience is at its end.

        A loss that is not a number is never the lowest.

        Args:
            loss: of data that the model does not train on.
            model: its weights are copied if the loss is the lowest so far.
        """
        if loss < self.best - self.min_delta:
            self.best, self.best_at = loss, self.seen
            self.state = None if model is None else deepcopy(model.state_dict())
        self.seen += 1
        # Without any number yet, the first measurement counts as the lowest.
        return self.seen - max(self.best_at, 0) > self.patience

    def restore(self, model: nn.Module) -> None:
        """Give the model the weights it had at the lowest loss.

        Raises:
            RuntimeError: if none were kept.
        """
        if self.state is None:
            raise RuntimeError(
                "no weights were kept: hand the model to update with each loss"
            )
        model.load_state_dict(self.state)
