"""ROC: checks of roc_points and roc_auc."""

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.optim import metrics as reference

__all__ = ["draw_scores", "one_by_one", "roc_auc", "roc_points"]


def draw_scores(draw: Draw) -> dict[str, Tensor]:
    """Draw labels 1 and 0, and scores on few levels, so that positives and negatives tie."""
    samples = draw.side(10)
    y_true = (draw.tensor(samples) > 0.4).double()
    y_true[:4] = torch.tensor([1.0, 0.0, 0.0, 1.0])
    # Leaning to the right side; the first two samples tie, and the scores have two decimals.
    y_score = ((draw.tensor(samples) + y_true) * 2).round().clamp(-3, 4) / 10 + 0.4
    y_score[1] = y_score[0]
    return {"y_true": y_true, "y_score": y_score}


def one_by_one(y_true: Tensor, y_score: Tensor) -> dict[str, Tensor]:
    """Break every tie by the order of the samples, as a loop over the sorted list does."""
    order = y_score.argsort(descending=True, stable=True)
    ranks = torch.arange(len(order), 0, -1, dtype=y_score.dtype)
    return {"y_true": y_true[order], "y_score": ranks}


def _points(y_true: Tensor, y_score: Tensor) -> tuple[Tensor, Tensor]:
    return reference.roc_curve(y_true.long(), y_score, drop_intermediate=False)[:2]


def _as_shares_of_all(y_true: Tensor, y_score: Tensor) -> tuple[Tensor, Tensor]:
    fpr, tpr = _points(y_true, y_score)
    share = y_true.mean()
    return fpr * (1 - share), tpr * share


roc_points = Check(
    task="roc_points",
    draw=lambda draw: Case(draw_scores(draw)),
    reference=_points,
    mistakes=(
        Mistake(
            "equal scores are taken one by one",
            "Samples with the same score pass a threshold together and make one point.",
            lambda **scores: _points(**one_by_one(**scores)),
        ),
        Mistake(
            "the first point, (0, 0), is missing",
            "Above the largest score lies one threshold more, which nobody passes.",
            lambda **scores: tuple(rate[1:] for rate in _points(**scores)),
        ),
        Mistake(
            "equal scores are taken one by one, and the first point, (0, 0), is missing",
            "Running sums over the sorted list give a point for each sample. Keep one for each "
            "different score, and put the start before them.",
            lambda **scores: tuple(
                rate[1:] for rate in _points(**one_by_one(**scores))
            ),
        ),
        Mistake(
            "the two rates are swapped",
            "First the false positive rate, which runs to the right, then the true one.",
            lambda **scores: _points(**scores)[::-1],
        ),
        Mistake(
            "both rates are divided by the number of all samples",
            "One is a share of the negatives, the other of the positives.",
            _as_shares_of_all,
        ),
        Mistake(
            "the threshold is met from below",
            "Positive is who scores at least the threshold; start from the largest.",
            lambda y_true, y_score: _points(y_true, -y_score),
        ),
    ),
)


def _area(y_true: Tensor, y_score: Tensor) -> Tensor:
    return y_score.new_tensor(reference.roc_auc_score(y_true.long(), y_score))


def _with_ties_worth(share: float, y_true: Tensor, y_score: Tensor) -> Tensor:
    gap = y_score[y_true == 1][:, None] - y_score[y_true == 0]
    return ((gap > 0).double() + share * (gap == 0)).mean()


roc_auc = Check(
    task="roc_auc",
    draw=lambda draw: Case(draw_scores(draw)),
    reference=_area,
    mistakes=(
        Mistake(
            "ties are broken upward",
            "A positive that ties with a negative does not outrank it: it counts half.",
            lambda **scores: _with_ties_worth(1.0, **scores),
        ),
        Mistake(
            "ties are broken downward",
            "A positive that ties with a negative is not outranked by it: it counts half.",
            lambda **scores: _with_ties_worth(0.0, **scores),
        ),
        Mistake(
            "ties are broken by the order of the samples",
            "The same scores in another order must give the same area; a tie counts half.",
            lambda **scores: _area(**one_by_one(**scores)),
        ),
        Mistake(
            "positives and negatives are swapped",
            "Count the pairs in which the positive has the larger score.",
            lambda **scores: 1 - _area(**scores),
        ),
        Mistake(
            "pairs are counted and not divided",
            "Divide by the number of all pairs of a positive and a negative.",
            lambda y_true, y_score: (
                _area(y_true, y_score) * y_true.sum() * (1 - y_true).sum()
            ),
        ),
    ),
    builds_on=(roc_points,),
)
