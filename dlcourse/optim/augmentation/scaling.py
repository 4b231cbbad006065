"""Scaling: subtract a mean and divide by a spread, both of the training split.

Gradient descent suffers where one feature counts in thousands and another in hundredths, or where
all are far from zero. Both are a matter of units, and go away before training.

Axes:   b samples first, then whatever a sample has
Paper:  LeCun, Bottou, Orr & Müller 1998, "Efficient BackProp"
Torch:  torchvision.transforms.v2.functional.normalize, given mean and spread; scikit-learn's
        StandardScaler and MinMaxScaler, which take a matrix
"""

import torch
from jaxtyping import Float
from torch import Tensor

from .fitted import Fitted
from .refusals import Number, refuse_unfitted

__all__ = ["MinMaxScaler", "StandardScaler"]

Samples = Float[Tensor, "b *rest"]


class StandardScaler(Fitted):
    """Give every feature mean 0 and standard deviation 1: ``(x - mean_) / scale_``.

    A feature that never varies is centred and not divided.

    Args:
        dim: axes to average over. 0 makes a mean for each feature, (0, 2, 3) one for each channel
            of images, (0, 1, 2, 3) a single one.
        with_mean: whether to subtract.
        with_std: whether to divide.

    Attributes:
        mean_: shaped as the data, with a single entry along ``dim``.
        var_: mean square distance from the mean, shaped likewise.
        scale_: its root, or 1 where it is 0.

    >>> scaler = StandardScaler().fit(torch.tensor([[1.0, 5.0], [3.0, 5.0]]))
    >>> scaler.transform(torch.tensor([[4.0, 6.0]])).tolist()
    [[2.0, 1.0]]
    """

    def __init__(
        self,
        dim: int | tuple[int, ...] = 0,
        *,
        with_mean: bool = True,
        with_std: bool = True,
    ) -> None:
        self.dim, self.with_mean, self.with_std = dim, with_mean, with_std

    def fit(self, x: Samples) -> "StandardScaler":
        """Take mean and standard deviation of the training split."""
        self.mean_ = x.mean(self.dim, keepdim=True)
        self.var_ = x.var(self.dim, correction=0, keepdim=True)
        self.scale_ = _positive(self.var_, self.mean_, x.numel() // self.mean_.numel())
        return self

    def transform(self, x: Samples) -> Samples:
        """Subtract the mean and divide by the scale of the training split."""
        refuse_unfitted(self, "mean_")
        centred = x - self.mean_ if self.with_mean else x
        return centred / self.scale_ if self.with_std else centred.clone()

    def inverse_transform(self, x: Samples) -> Samples:
        """Go back to the units of the data."""
        refuse_unfitted(self, "mean_")
        scaled = x * self.scale_ if self.with_std else x
        return scaled + self.mean_ if self.with_mean else scaled.clone()


def _positive(variance: Tensor, mean: Tensor, samples: int) -> Tensor:
    """Take the root, with 1 for a variance that is 0 but for rounding."""
    rounding = samples * torch.finfo(variance.dtype).eps
    constant = variance <= rounding * variance + (rounding * mean) ** 2
    return torch.where(constant, torch.ones_like(variance), variance.sqrt())


class MinMaxScaler(Fitted):
    """Map the range of every feature to a given one: ``low + (x - min_) / range_ * (high - low)``.

    A test split may leave the range: its extremes are not those of the training split.

    Args:
        feature_range: least and greatest value that the training split gets.
        dim: axes to take the extremes over, as in :class:`StandardScaler`.

    Attributes:
        data_min_: least value, shaped as the data with a single entry along ``dim``.
        data_max_: greatest value, shaped likewise.

    Raises:
        ValueError: if the range is empty.

    >>> scaler = MinMaxScaler((-1, 1)).fit(torch.tensor([[0.0], [16.0]]))
    >>> scaler.transform(torch.tensor([[8.0], [20.0]])).tolist()
    [[0.0], [1.5]]
    """

    def __init__(
        self,
        feature_range: tuple[Number, Number] = (0, 1),
        *,
        dim: int | tuple[int, ...] = 0,
    ) -> None:
        if not feature_range[0] < feature_range[1]:
            raise ValueError(f"feature_range {feature_range} must go from less to more")
        self.feature_range, self.dim = feature_range, dim

    def fit(self, x: Samples) -> "MinMaxScaler":
        """Take the extremes of the training split."""
        self.data_min_ = x.amin(self.dim, keepdim=True)
        self.data_max_ = x.amax(self.dim, keepdim=True)
        return self

    def transform(self, x: Samples) -> Samples:
        """Stretch and shift by the extremes of the training split."""
        refuse_unfitted(self, "data_min_")
        low, high = self.feature_range
        span = self.data_max_ - self.data_min_
        span = torch.where(span > 0, span, torch.ones_like(span))
        return low + (x - self.data_min_) / span * (high - low)
