"""Centroids: the check of nearest_centroid, a classifier for a handful of labels."""

from collections.abc import Callable

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake

__all__ = ["nearest_centroid"]


def _centres(features: Tensor, labels: Tensor, classes: int) -> Tensor:
    return torch.stack([features[labels == k].mean(dim=0) for k in range(classes)])


def _by_distance(
    p: float = 2.0, centres: Callable[[Tensor, Tensor, int], Tensor] = _centres
) -> Callable[..., Tensor]:
    """Take the class whose centre is nearest in some norm."""
    return lambda features, labels, queries, classes: torch.cdist(
        queries, centres(features, labels, classes), p=p
    ).argmin(dim=1)


def _sums(features: Tensor, labels: Tensor, classes: int) -> Tensor:
    return torch.stack([features[labels == k].sum(dim=0) for k in range(classes)])


def _over_all(features: Tensor, labels: Tensor, classes: int) -> Tensor:
    """Divide every sum by the number of all samples."""
    return _sums(features, labels, classes) / len(features)


def _one_number(features: Tensor, labels: Tensor, classes: int) -> Tensor:
    """Average over the entries as well."""
    means = _centres(features, labels, classes).mean(dim=1, keepdim=True)
    return means.expand(-1, features.shape[1])


def _nearest_query(
    features: Tensor, labels: Tensor, queries: Tensor, classes: int
) -> Tensor:
    return torch.cdist(queries, _centres(features, labels, classes)).argmin(dim=0)


def _nearest_sample(
    features: Tensor, labels: Tensor, queries: Tensor, classes: int
) -> Tensor:
    return labels[torch.cdist(queries, features).argmin(dim=1)]


def _farthest(
    features: Tensor, labels: Tensor, queries: Tensor, classes: int
) -> Tensor:
    centres = _centres(features, labels, classes)
    return torch.cdist(queries, centres).argmax(dim=1)


def _largest_product(
    features: Tensor, labels: Tensor, queries: Tensor, classes: int
) -> Tensor:
    return (queries @ _centres(features, labels, classes).T).argmax(dim=1)


def _draw_few(draw: Draw) -> Case:
    classes, entries = draw.integer(3, 6 if draw.hard else 4), draw.integer(3, 5)
    # as many again at random: the classes differ in size
    extra = [draw.integer(0, classes - 1) for _ in range(2 * classes)]
    labels = torch.tensor([*range(classes), *extra])
    offset = draw.tensor(entries)
    return Case(
        {
            "features": draw.tensor(len(labels), entries) + offset,
            "labels": labels,
            "queries": draw.tensor(12, entries) + offset,
            "classes": classes,
        }
    )


nearest_centroid = Check(
    task="nearest_centroid",
    draw=_draw_few,
    reference=_by_distance(),
    mistakes=(
        Mistake(
            "the nearest sample decides",
            "Each class is represented by one point, the mean of its samples.",
            _nearest_sample,
        ),
        Mistake(
            "the class with the farthest mean is taken",
            "The smallest distance wins.",
            _farthest,
        ),
        Mistake(
            "the largest product with the mean decides",
            "A long mean has a large product with everything. Measure distances.",
            _largest_product,
        ),
        Mistake(
            "sums stand in place of means",
            "Divide by the number of samples of the class.",
            _by_distance(centres=_sums),
        ),
        Mistake(
            "the sums are divided by the number of all samples",
            "Each class has a number of samples of its own.",
            _by_distance(centres=_over_all),
        ),
        Mistake(
            "the mean of a class is a single number",
            "Average over the samples alone, axis 0; the entries stay apart.",
            _by_distance(centres=_one_number),
        ),
        Mistake(
            "each class is given a query instead of each query a class",
            "The smallest distance is sought along the classes.",
            _nearest_query,
        ),
        Mistake(
            "distances are sums of absolute differences",
            "The distance is Euclid's: squares, sum, and the root if you like.",
            _by_distance(p=1.0),
        ),
    ),
)
