"""Fitting: checks of standardize and zca_whiten, whose numbers come from the training split."""

from collections.abc import Callable

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.optim.augmentation import ZCA, StandardScaler

__all__ = ["standardize", "zca_whiten"]


def _draw_splits(draw: Draw) -> Case:
    """Draw two splits whose features differ in mean and spread, and the splits from each other."""
    features = draw.side(1)
    mean, spread = draw.tensor(features), draw.tensor(features).exp()
    train = mean + spread * draw.tensor(draw.side(3), features)
    x = 1 + mean + 2 * spread * draw.tensor(draw.side(2), features)
    return Case({"train": train, "x": x})


def _standardize(train: Tensor, x: Tensor) -> Tensor:
    return StandardScaler().fit(train).transform(x)


def _by(
    mean: Callable[[Tensor], Tensor], spread: Callable[[Tensor], Tensor]
) -> Callable[[Tensor, Tensor], Tensor]:
    """Standardize by numbers that are taken from the training split in a given way."""
    return lambda train, x: (x - mean(train)) / spread(train)


def _mean(train: Tensor) -> Tensor:
    return train.mean(dim=0)


def _deviation(train: Tensor) -> Tensor:
    return train.std(dim=0, correction=0)


standardize = Check(
    task="standardize",
    draw=_draw_splits,
    reference=_standardize,
    mistakes=(
        Mistake(
            "the statistics are fitted on both splits",
            "x stands for data that is not there yet when you fit: use train alone.",
            lambda train, x: _standardize(torch.cat([train, x]), x),
        ),
        Mistake(
            "x is standardized by its own statistics",
            "The same numbers serve every split, and they come from train.",
            lambda train, x: _standardize(x, x),
        ),
        Mistake(
            "it divides by the variance instead of its root",
            "The standard deviation is the root of the variance, and has the unit of x.",
            _by(_mean, lambda train: _deviation(train) ** 2),
        ),
        Mistake(
            "all features share one mean and one deviation",
            "Average over the samples, dim=0, so that each feature keeps numbers of its own.",
            _by(lambda train: train.mean(), lambda train: train.std(correction=0)),
        ),
        Mistake(
            "the mean is not subtracted",
            "Centre first, then divide.",
            _by(lambda train: torch.zeros_like(train[0]), _deviation),
        ),
        Mistake(
            "the deviation divides by one sample less than there are",
            "Here the variance is the plain mean of the squares: correction=0 in torch.",
            _by(_mean, lambda train: train.std(dim=0)),
        ),
    ),
)


def _draw_correlated(draw: Draw) -> Case:
    features = draw.side(1)
    x = draw.tensor(features + draw.side(3), features) @ draw.tensor(features, features)
    return Case({"x": x + draw.tensor(features), "eps": draw.integer(1, 9) / 10})


def _zca(x: Tensor, eps: float) -> Tensor:
    return ZCA(eps=eps).fit_transform(x)


def _turned(
    scale: Callable[[Tensor, float], Tensor] = lambda variances, eps: (
        variances + eps
    ).sqrt(),
    correction: int = 1,
    centred: bool = True,
    rows: bool = False,
    back: bool = True,
) -> Callable[[Tensor, float], Tensor]:
    """Make a whitening with one of its steps done otherwise."""

    def whiten(x: Tensor, eps: float) -> Tensor:
        variances, axes = torch.linalg.eigh(x.T.cov(correction=correction))
        axes = axes.T if rows else axes
        scaled = (x - x.mean(dim=0) if centred else x) @ axes / scale(variances, eps)
        return scaled @ axes.T if back else scaled

    return whiten


zca_whiten = Check(
    task="zca_whiten",
    draw=_draw_correlated,
    reference=_zca,
    mistakes=(
        Mistake(
            "it divides by the eigenvalue instead of its root",
            "An eigenvalue is a variance. Dividing by the root makes the variance 1.",
            _turned(scale=lambda variances, eps: variances + eps),
        ),
        Mistake(
            "the data is not turned back",
            "That is PCA whitening. ZCA multiplies by the transposed eigenvectors at the end.",
            _turned(back=False),
        ),
        Mistake(
            "the mean is not subtracted",
            "Directions of variance start from the mean: centre the data first.",
            _turned(centred=False),
        ),
        Mistake(
            "eps is added to the root",
            "Add eps to the variance, then take the root of the sum.",
            _turned(scale=lambda variances, eps: variances.sqrt() + eps),
        ),
        Mistake(
            "the rows of the matrix of eigenvectors are used",
            "torch.linalg.eigh puts the eigenvectors into the columns.",
            _turned(rows=True),
        ),
        Mistake(
            "the covariance divides by all samples",
            "It divides by one less than there are, as torch.cov does.",
            _turned(correction=0),
        ),
    ),
)
