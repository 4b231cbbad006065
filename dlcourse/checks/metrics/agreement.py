"""Agreement: checks of precision_recall and macro_f, which start from a confusion matrix."""

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.optim import metrics as reference

from .confusion import confusion_matrix, draw_answers

__all__ = ["macro_f", "precision_recall"]


def _draw_matrix(draw: Draw) -> Tensor:
    """Draw a matrix of counts in double precision; the last class is there and never answered."""
    answers = draw_answers(draw)
    matrix = confusion_matrix.reference(**answers).double()
    matrix[-1, 0] += 2
    matrix[:, -1] = 0
    return matrix


def _samples(matrix: Tensor) -> dict[str, Tensor]:
    """List the samples that a matrix counts."""
    cells = [
        (row, column)
        for row, counts in enumerate(matrix.long().tolist())
        for column, count in enumerate(counts)
        for _ in range(count)
    ]
    y_true, y_pred = torch.tensor(cells).T
    return {"y_true": y_true, "y_pred": y_pred, "labels": torch.arange(len(matrix))}


# precision_recall


def _quotients(matrix: Tensor) -> tuple[Tensor, Tensor]:
    options = {"average": None, "zero_division": 0.0}
    samples = _samples(matrix)
    return (
        reference.precision_score(**samples, **options),
        reference.recall_score(**samples, **options),
    )


def _of_all(matrix: Tensor) -> tuple[Tensor, Tensor]:
    return (matrix.diag() / matrix.sum(),) * 2


def _odds(matrix: Tensor) -> tuple[Tensor, Tensor]:
    """Divide the right ones by the wrong ones, 0 / 0 being 0 again."""
    right = matrix.diag()
    predicted, actual = (matrix.sum(dim=axis) - right for axis in (0, 1))
    return tuple((right / wrong.clamp(min=1)) for wrong in (predicted, actual))


precision_recall = Check(
    task="precision_recall",
    draw=lambda draw: Case({"matrix": _draw_matrix(draw)}),
    reference=_quotients,
    mistakes=(
        Mistake(
            "precision and recall are swapped",
            "Precision looks at one column: of all that were taken for the class, how many are it?",
            lambda matrix: _quotients(matrix)[::-1],
        ),
        Mistake(
            "both are the recall",
            "Only one of the two divides by the sum of a row.",
            lambda matrix: (_quotients(matrix)[1],) * 2,
        ),
        Mistake(
            "both are divided by the number of all samples",
            "Precision divides by the sum of one column, recall by the sum of one row.",
            _of_all,
        ),
        Mistake(
            "the right answers are divided by the wrong ones",
            "That is their ratio; a share divides by all of them, the right ones included.",
            _odds,
        ),
    ),
)


# macro_f


def _f(precision: Tensor, recall: Tensor, beta: float) -> Tensor:
    """Put the two together as the formula says, 0 / 0 being 0."""
    below = beta**2 * precision + recall
    return ((1 + beta**2) * precision * recall / below).nan_to_num()


def _mean_f(matrix: Tensor, beta: float) -> Tensor:
    options = {"beta": beta, "average": "macro", "zero_division": 0.0}
    return matrix.new_tensor(reference.fbeta_score(**_samples(matrix), **options))


def _beta_outside(matrix: Tensor, beta: float) -> Tensor:
    precision, recall = _quotients(matrix)
    below = beta**2 * (precision + recall)
    return ((1 + beta**2) * precision * recall / below).nan_to_num().mean()


def _arithmetic(matrix: Tensor, beta: float) -> Tensor:
    precision, recall = _quotients(matrix)
    return ((precision + beta**2 * recall) / (1 + beta**2)).mean()


def _over_samples(matrix: Tensor, beta: float) -> Tensor:
    share = matrix.sum(dim=1) / matrix.sum()
    return (share * _f(*_quotients(matrix), beta)).sum()


macro_f = Check(
    task="macro_f",
    draw=lambda draw: Case(
        {"matrix": _draw_matrix(draw), "beta": (0.5, 2.0, 3.0)[draw.integer(0, 2)]}
    ),
    reference=_mean_f,
    mistakes=(
        Mistake(
            "beta squared is on the wrong term",
            "Below the line it multiplies the precision; then a large beta gives the recall.",
            lambda matrix, beta: _f(*_quotients(matrix)[::-1], beta).mean(),
        ),
        Mistake(
            "beta squared multiplies the whole sum",
            "Perfect answers would not score 1. Below the line it belongs to the precision alone.",
            _beta_outside,
        ),
        Mistake(
            "beta is not squared",
            "F weighs recall beta squared times as much as precision.",
            lambda matrix, beta: _f(*_quotients(matrix), beta**0.5).mean(),
        ),
        Mistake(
            "precision and recall are averaged arithmetically",
            "F is their harmonic mean: it is small if either of the two is.",
            _arithmetic,
        ),
        Mistake(
            "the mean is taken over samples instead of classes",
            "Macro gives each class the same weight, however many samples it has.",
            _over_samples,
        ),
        Mistake(
            "F is taken of the mean precision and the mean recall",
            "First F for each class, then the mean.",
            lambda matrix, beta: _f(*(q.mean() for q in _quotients(matrix)), beta),
        ),
    ),
    builds_on=(precision_recall,),
)
