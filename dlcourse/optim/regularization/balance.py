"""Balance: a weight for each class, and samples drawn so that all classes come alike.

Where one class has a hundred times the samples of another, nearly all of the loss is about the
first. Either its samples count less, or fewer of them are shown, or the others are shown again.

Axes:   b samples, k classes, n samples drawn
Paper:  King & Zeng 2001, "Logistic regression in rare events data" (the weights); Chawla, Bowyer,
        Hall & Kegelmeyer 2002, "SMOTE: synthetic minority over-sampling technique" (resampling)
Torch:  torch.utils.data.WeightedRandomSampler, which takes the weights of samples;
        sklearn.utils.class_weight, whose names these are
"""

from collections.abc import Mapping

import torch
from jaxtyping import Float, Integer
from torch import Generator, Tensor

__all__ = [
    "compute_class_weight",
    "compute_sample_weight",
    "oversample",
    "undersample",
]

Rule = Mapping[int, float] | str | None
"""Weights by label, "balanced", or None for equal ones."""


def compute_class_weight(
    class_weight: Rule, *, classes: Integer[Tensor, "k"], y: Integer[Tensor, "b"]
) -> Float[Tensor, "k"]:
    """Give each class a weight; if "balanced", ``b / (k * its samples)``.

    The balanced weights of all samples add up to b, so a loss keeps its size.

    Args:
        class_weight: a weight for each label, 1 for those left out; "balanced"; or None: 1 for all.
        classes: labels to weigh.
        y: labels of all samples; k counts those that occur.

    Raises:
        ValueError: for another word than "balanced", or a class of which there is no sample.

    >>> y = torch.tensor([0, 0, 0, 1])
    >>> compute_class_weight("balanced", classes=torch.tensor([0, 1]), y=y).tolist()
    [0.6666666666666666, 2.0]
    """
    if class_weight is None:
        class_weight = {}
    if isinstance(class_weight, Mapping):
        chosen = [class_weight.get(label, 1.0) for label in classes.tolist()]
        return torch.tensor(chosen, dtype=torch.float64)
    if class_weight != "balanced":
        raise ValueError(
            f'class_weight is "{class_weight}"; say "balanced", None, or a weight by label'
        )
    found = y.unique()
    counts = (y == classes[:, None]).sum(dim=1)  # k
    if not counts.all():
        missing = classes[counts == 0][0].item()
        raise ValueError(f"class {missing} has no sample, so no weight balances it")
    return len(y) / (len(found) * counts.double())


def compute_sample_weight(
    class_weight: Rule, y: Integer[Tensor, "b"]
) -> Float[Tensor, "b"]:
    """Give each sample the weight of its class.

    Drawn with these as probabilities, all classes come alike.

    >>> compute_sample_weight("balanced", torch.tensor([0, 1, 1])).tolist()
    [1.5, 0.75, 0.75]
    """
    classes, places = y.unique(return_inverse=True)
    return compute_class_weight(class_weight, classes=classes, y=y)[places]


def oversample(
    y: Integer[Tensor, "b"], *, generator: Generator | None = None
) -> Integer[Tensor, "n"]:
    """Choose all samples, and some again, until each class has as many as the largest.

    Returns:
        Places in ``y``, class by class.

    >>> y = torch.tensor([0, 0, 0, 1])
    >>> y[oversample(y)].tolist()
    [0, 0, 0, 1, 1, 1]
    """
    groups = _groups(y)
    size = max(map(len, groups))
    chosen = []
    for group in groups:
        again = torch.randint(len(group), (size - len(group),), generator=generator)
        chosen += [group, group[again.to(y.device)]]
    return torch.cat(chosen)


def undersample(
    y: Integer[Tensor, "b"], *, generator: Generator | None = None
) -> Integer[Tensor, "n"]:
    """Choose from each class, without repeats, as many samples as the smallest has.

    Returns:
        Places in ``y``, class by class.

    >>> y = torch.tensor([0, 0, 0, 1])
    >>> y[undersample(y)].tolist()
    [0, 1]
    """
    groups = _groups(y)
    size = min(map(len, groups))
    orders = (torch.randperm(len(g), generator=generator)[:size] for g in groups)
    return torch.cat(
        [g[order.to(y.device)] for g, order in zip(groups, orders, strict=True)]
    )


def _groups(y: Integer[Tensor, "b"]) -> list[Integer[Tensor, "n"]]:
    """Places of each class, in the order of their labels."""
    return [(y == label).nonzero()[:, 0] for label in y.unique()]
