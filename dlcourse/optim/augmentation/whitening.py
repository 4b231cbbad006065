"""Whitening: turn data so that its features no longer correlate, and give each the variance 1.

Neighbouring pixels say nearly the same. The eigenvectors of the covariance are directions that do
not correlate; along each, the data is divided by the root of its variance. What comes out has the
identity for its covariance.

Axes:   b samples, d features, k directions, at most as many as there are samples or features
Paper:  Pearson 1901, "On lines and planes of closest fit to systems of points in space" (PCA);
        Bell & Sejnowski 1997, "The 'independent components' of natural scenes are edge filters"
        (ZCA)
Torch:  torch.linalg.svd; scikit-learn's PCA(whiten=True), equal to ours, signs included
"""

import torch
from jaxtyping import Float
from torch import Tensor

from .fitted import Fitted
from .refusals import Number, refuse_negative, refuse_unfitted

__all__ = ["PCA", "ZCA", "principal_axes"]

Matrix = Float[Tensor, "b d"]


def principal_axes(
    x: Matrix,
) -> tuple[Float[Tensor, "d"], Float[Tensor, "k d"], Float[Tensor, "k"]]:
    """Find the mean, the directions of most variance in falling order, and the variance along each.

    The directions are the right singular vectors of the centred data, and the variances their
    singular values squared over ``b - 1``: eigenvectors and eigenvalues of the covariance, without
    computing it. The largest entry of every direction is positive, which settles its sign.

    Raises:
        ValueError: if there are fewer than two samples.

    >>> mean, axes, variances = principal_axes(torch.tensor([[1.0, 0.0], [3.0, 0.0]]))
    >>> mean.tolist(), axes[0].tolist(), variances.round().tolist()
    ([2.0, 0.0], [1.0, 0.0], [2.0, 0.0])
    """
    if len(x) < 2:
        raise ValueError(f"there are {len(x)} samples; a variance needs at least 2")
    mean = x.mean(dim=0)
    _, singular, axes = torch.linalg.svd(x - mean, full_matrices=False)
    largest = axes.gather(1, axes.abs().argmax(dim=1, keepdim=True))
    return mean, axes * largest.sign(), singular**2 / (len(x) - 1)


def _spread(variances: Float[Tensor, "k"], eps: Number) -> Float[Tensor, "k"]:
    """Take the root, never quite 0: where there is no variance, there is nothing to divide."""
    return (variances + eps).sqrt().clamp(min=torch.finfo(variances.dtype).eps)


class PCA(Fitted):
    """Express data in its principal axes, and divide by the spread along each if ``whiten``.

    Args:
        n_components: directions to keep, those of most variance first; None keeps all.
        whiten: whether to divide by ``sqrt(variance + eps)``.
        eps: holds back directions with hardly any variance, which are mostly noise.

    Attributes:
        mean_: mean of the training split, shape (d,).
        components_: the directions, one a row, shape (k, d).
        explained_variance_: variance along each, shape (k,).

    Raises:
        ValueError: if ``eps`` is below 0 or ``n_components`` is not in 1 to min(b, d).

    >>> x = torch.tensor([[1.0, 0.0], [5.0, 0.0], [3.0, 1.0], [3.0, -1.0]])
    >>> PCA(whiten=True).fit_transform(x).T.cov().round(decimals=5).tolist()
    [[1.0, 0.0], [0.0, 1.0]]
    """

    def __init__(
        self,
        n_components: int | None = None,
        *,
        whiten: bool = False,
        eps: Number = 0.0,
    ) -> None:
        refuse_negative("eps", eps)
        self.n_components, self.whiten, self.eps = n_components, whiten, eps

    def fit(self, x: Matrix) -> "PCA":
        """Find the principal axes of the training split."""
        mean, axes, variances = principal_axes(x)
        kept = len(axes) if self.n_components is None else self.n_components
        if not 1 <= kept <= len(axes):
            raise ValueError(
                f"n_components ({kept}) must lie from 1 to {len(axes)}, the lesser of samples and "
                "features"
            )
        self.mean_ = mean
        self.components_, self.explained_variance_ = axes[:kept], variances[:kept]
        return self

    def transform(self, x: Matrix) -> Float[Tensor, "b k"]:
        """Project on the axes."""
        refuse_unfitted(self, "mean_")
        return (x - self.mean_) @ self.components_.T / self._scale()

    def inverse_transform(self, x: Float[Tensor, "b k"]) -> Matrix:
        """Go back to the features; what lay along the directions left out is gone."""
        refuse_unfitted(self, "mean_")
        return (x * self._scale()) @ self.components_ + self.mean_

    def _scale(self) -> Tensor:
        if not self.whiten:
            return torch.ones_like(self.explained_variance_)
        return _spread(self.explained_variance_, self.eps)


class ZCA(Fitted):
    """Whiten, then turn back, so that every output stands for the feature it came from.

    Of all matrices that whiten, ``sum over the axes of a a^T / sqrt(variance + eps)`` moves the
    data least. Whitened images still look like images.

    Args:
        eps: as in :class:`PCA`.

    Attributes:
        mean_: mean of the training split, shape (d,).
        whitening_: the matrix, symmetric, shape (d, d).

    Raises:
        ValueError: if ``eps`` is below 0.

    >>> x = torch.tensor([[2.0, 0.0], [-2.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    >>> matrix = ZCA().fit(x).whitening_
    >>> (1 / matrix.diag().square() * 3).round().tolist()  # the variances are 8/3 and 2/3
    [8.0, 2.0]
    """

    def __init__(self, *, eps: Number = 0.0) -> None:
        refuse_negative("eps", eps)
        self.eps = eps

    def fit(self, x: Matrix) -> "ZCA":
        """Make the matrix from the principal axes of the training split."""
        self.mean_, axes, variances = principal_axes(x)
        self.whitening_ = axes.T @ (axes / _spread(variances, self.eps)[:, None])
        return self

    def transform(self, x: Matrix) -> Matrix:
        """Subtract the mean and multiply by the matrix."""
        refuse_unfitted(self, "mean_")
        return (x - self.mean_) @ self.whitening_
