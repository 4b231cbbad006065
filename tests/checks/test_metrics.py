"""What a student of the metrics exercise reads, beyond the list of mistakes."""

import pytest
import torch

from dlcourse.checks import metrics as checks
from dlcourse.checks.judging import Check

CHECKS: dict[str, Check] = {name: getattr(checks, name) for name in checks.__all__}


def single_precision(y_true, y_pred, classes):
    return torch.zeros(classes, classes).index_put(
        (y_true, y_pred), torch.ones(len(y_true)), accumulate=True
    )


def only_classes_that_occur(y_true, y_pred, classes):
    kept = torch.cat([y_true, y_pred]).unique()
    return CHECKS["confusion_matrix"].reference(y_true, y_pred, classes)[kept][:, kept]


def without_a_value(matrix):
    return matrix.diag() / matrix.sum(dim=0), matrix.diag() / matrix.sum(dim=1)


def precision_alone(matrix):
    return CHECKS["precision_recall"].reference(matrix)[0]


def f_of_each_class(matrix, beta):
    precision, recall = CHECKS["precision_recall"].reference(matrix)
    below = beta**2 * precision + recall
    return ((1 + beta**2) * precision * recall / below).nan_to_num()


STUDENTS = {
    "floats": (
        "confusion_matrix",
        single_precision,
        "the result holds torch.float32, and torch.int64 is right",
    ),
    "nan": ("precision_recall", without_a_value, "is nan, and 0 is right"),
    "one of two": (
        "precision_recall",
        precision_alone,
        "it returned a Tensor, and a tuple of 2 is right",
    ),
    "no mean": ("macro_f", f_of_each_class, "and () is right"),
    "a float": (
        "roc_auc",
        lambda **scores: CHECKS["roc_auc"].reference(**scores).item(),
        "it returned a float, and a tensor is right",
    ),
}


@pytest.mark.parametrize("case", STUDENTS)
def test_what_a_student_reads(case):
    task, function, message = STUDENTS[case]
    assert message in CHECKS[task].judge(function, seed=1).message


def test_a_class_that_never_occurs_keeps_its_row():
    # Some cases have all classes, so look until one has not.
    verdicts = [
        CHECKS["confusion_matrix"].judge(only_classes_that_occur, seed, hidden=True)
        for seed in range(3)
    ]
    assert any(verdict.stage == "shape" for verdict in verdicts)


def test_the_area_may_be_taken_from_the_points():
    def roc_auc(y_true, y_score):
        fpr, tpr = CHECKS["roc_points"].reference(y_true, y_score)
        return torch.trapezoid(tpr, fpr)

    assert CHECKS["roc_auc"].judge(roc_auc, seed=1).right


def test_every_case_has_ties_between_the_classes():
    from dlcourse.checks.judging import Draw

    for seed in range(20):
        case = CHECKS["roc_auc"].draw(Draw(seed)).arguments
        positive, negative = (
            case["y_score"][case["y_true"] == label] for label in (1, 0)
        )
        assert torch.isin(positive, negative).any()


def test_a_wrong_helper_costs_its_own_task_alone():
    notebook: dict = {"torch": torch}
    exec(SWAPPED, notebook)
    verdict = CHECKS["precision_recall"].judge(notebook["precision_recall"], seed=1)
    assert verdict.mistake == "precision and recall are swapped"
    verdict = CHECKS["macro_f"].judge(notebook["macro_f"], seed=1)
    assert verdict.right
    assert verdict.helped


SWAPPED = """
def precision_recall(matrix):
    right = matrix.diag()
    return right / matrix.sum(dim=1).clamp(min=1), right / matrix.sum(dim=0).clamp(min=1)

def macro_f(matrix, beta):
    p, r = precision_recall(matrix)
    return ((1 + beta**2) * p * r / (beta**2 * p + r)).nan_to_num().mean()
"""
