"""Fitted: numbers that the training split has chosen, applied to any split.

A test split stands for data that is not there yet. Whatever is computed from it cannot be computed
when the network is in use, so nothing may be: fit once, on the training split, then transform all
splits by the same numbers.

Torch:  none; scikit-learn's fit, transform and fit_transform
"""

from abc import ABC, abstractmethod

from jaxtyping import Float
from torch import Tensor

__all__ = ["Fitted"]


class Fitted(ABC):
    """A transform with numbers of its own; their names end in an underscore."""

    @abstractmethod
    def fit(self, x: Float[Tensor, "b *rest"]) -> "Fitted":
        """Compute the numbers from the training split, and return the transform itself."""

    @abstractmethod
    def transform(self, x: Float[Tensor, "b *rest"]) -> Float[Tensor, "b *out"]:
        """Apply the numbers to any split.

        Raises:
            NotFittedError: if there are none yet.
        """

    def fit_transform(self, x: Float[Tensor, "b *rest"]) -> Float[Tensor, "b *out"]:
        """Fit to the training split, and transform that."""
        return self.fit(x).transform(x)
