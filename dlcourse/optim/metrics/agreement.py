"""Agreement: precision, recall and F of given answers.

Of those found, how many are right, and of those that are right, how many were found: the two pull
apart, so F asks for both at once.

Axes:   b samples, k classes
Paper:  van Rijsbergen 1979, "Information retrieval" (F, from his measure of effectiveness)
Torch:  none; sklearn.metrics.precision_score, recall_score, fbeta_score, f1_score
"""

from jaxtyping import Float, Integer
from torch import Tensor

from .averaging import average_of, count
from .labels import Labels
from .undefined import ZeroDivision, divide

__all__ = ["f1_score", "fbeta_score", "precision_score", "recall_score"]


def precision_score(
    y_true: Labels,
    y_pred: Labels,
    *,
    labels: Integer[Tensor, "k"] | None = None,
    pos_label: int = 1,
    average: str | None = "binary",
    zero_division: ZeroDivision = "warn",
) -> float | Float[Tensor, "k"]:
    """Give the share of the answers "positive" that are right: ``TP / (TP + FP)``.

    Args:
        y_true: what the samples are.
        y_pred: what they were taken for.
        labels: the classes to look at, in this order; without them, all that occur, sorted.
        pos_label: the positive label of the average "binary"; the others do not look at it.
        average: "binary" for the positive label alone; None for each class; "macro" for their
            mean; "weighted" for the mean by number of samples; "micro" to add up the counts first.
        zero_division: the value for 0 / 0: 0, 1, nan, or "warn" for 0 and a warning.

    Raises:
        ValueError: for an unknown average or zero_division, or labels that "binary" cannot read.

    >>> precision_score(torch.tensor([1, 1, 1, 0]), torch.tensor([1, 1, 0, 1]))  # 2 of 3
    0.6666666666666666
    """
    counts = count(y_true, y_pred, labels, pos_label, average)
    meaning = "precision without an answer for the class"
    scores = divide(counts.found, counts.predicted, meaning, zero_division)
    return average_of(scores, counts.actual, average)


def recall_score(
    y_true: Labels,
    y_pred: Labels,
    *,
    labels: Integer[Tensor, "k"] | None = None,
    pos_label: int = 1,
    average: str | None = "binary",
    zero_division: ZeroDivision = "warn",
) -> float | Float[Tensor, "k"]:
    """Give the share of the positive samples that were found: ``TP / (TP + FN)``.

    The arguments and refusals are those of :func:`precision_score`.

    >>> recall_score(torch.tensor([1, 1, 1, 0]), torch.tensor([1, 0, 0, 1]))  # 1 of 3
    0.3333333333333333
    """
    counts = count(y_true, y_pred, labels, pos_label, average)
    meaning = "recall without a sample of the class"
    scores = divide(counts.found, counts.actual, meaning, zero_division)
    return average_of(scores, counts.actual, average)


def fbeta_score(
    y_true: Labels,
    y_pred: Labels,
    *,
    beta: float | int,
    labels: Integer[Tensor, "k"] | None = None,
    pos_label: int = 1,
    average: str | None = "binary",
    zero_division: ZeroDivision = "warn",
) -> float | Float[Tensor, "k"]:
    """Give the harmonic mean of precision and recall, with recall beta squared times as heavy.

    ``(1 + beta^2) P R / (beta^2 P + R)``, computed from counts as
    ``(1 + beta^2) TP / (beta^2 (TP + FN) + TP + FP)``, which has a value where P has none. The
    other arguments and refusals are those of :func:`precision_score`.

    Raises:
        ValueError: if ``beta`` is below 0; infinity is allowed, and means recall.

    >>> f2 = fbeta_score(torch.tensor([1, 1, 0]), torch.tensor([1, 0, 0]), beta=2)
    >>> round(f2, 4)  # P = 1, R = 1/2: 5 · 1/2 over 4 + 1/2, 5/9
    0.5556
    """
    if not beta >= 0:
        raise ValueError(f"beta ({beta}) must be at least 0")
    counts = count(y_true, y_pred, labels, pos_label, average)
    # The formula, divided by 1 + beta^2, so that an infinite beta is no special case.
    recall_weight = 1 - 1 / (1 + beta * beta)
    actual, predicted = counts.actual.double(), counts.predicted.double()
    below = recall_weight * actual + (1 - recall_weight) * predicted
    meaning = "F without a sample of the class or an answer for it"
    scores = divide(counts.found, below, meaning, zero_division)
    return average_of(scores, counts.actual, average)


def f1_score(
    y_true: Labels,
    y_pred: Labels,
    *,
    labels: Integer[Tensor, "k"] | None = None,
    pos_label: int = 1,
    average: str | None = "binary",
    zero_division: ZeroDivision = "warn",
) -> float | Float[Tensor, "k"]:
    """Give :func:`fbeta_score` with precision and recall alike: ``2 TP / (2 TP + FP + FN)``.

    >>> f1_score(torch.tensor([1, 1, 1, 0]), torch.tensor([1, 0, 0, 1]))  # P = 1/2, R = 1/3
    0.4
    """
    return fbeta_score(
        y_true,
        y_pred,
        beta=1,
        labels=labels,
        pos_label=pos_label,
        average=average,
        zero_division=zero_division,
    )
