"""Metrics: by hand, against scikit-learn on drawn, tied and degenerate input, and refusals."""

import math
import warnings
from fractions import Fraction

import numpy as np
import pytest
import sklearn
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as theirs
from sklearn.exceptions import UndefinedMetricWarning

from dlcourse.optim import metrics as ours
from dlcourse.optim.metrics import (
    TWENTY_LABELS,
    TWENTY_SCORES,
    accuracy_score,
    auc,
    average_precision_score,
    confusion_matrix,
    confusion_matrix_at_thresholds,
    f1_score,
    fbeta_score,
    interpolated_average_precision,
    precision_recall_curve,
    precision_score,
    recall_score,
    roc_auc_score,
    roc_curve,
)

CASES = 500
"""Drawn problems for each function that scikit-learn has; f1_score is fbeta_score with beta 1."""

EXACT = {"rtol": 1e-10, "atol": 1e-10}  # and nan equal to nan


class Drawing:
    """A source of small problems: few classes, often missing ones, and scores with many ties."""

    def __init__(self, seed: int) -> None:
        self.source = torch.Generator().manual_seed(seed)

    def pick(self, low: int, high: int) -> int:
        return int(torch.randint(low, high + 1, (1,), generator=self.source))

    def one_of(self, *options):
        return options[self.pick(0, len(options) - 1)]

    def labels(self, classes: int) -> torch.Tensor:
        """Different labels out of -2 to 6, in any order."""
        return torch.randperm(9, generator=self.source)[:classes] - 2

    def answers(self) -> dict[str, torch.Tensor]:
        samples, classes = self.pick(1, 12), self.pick(1, 5)
        drawn = torch.randint(0, classes, (2, samples), generator=self.source)
        y_true, y_pred = self.labels(classes)[drawn]
        return {"y_true": y_true, "y_pred": y_pred}

    def scores(self) -> dict[str, torch.Tensor]:
        samples, steps = self.pick(1, 25), self.one_of(2, 5, 20, 10**6)
        negative = self.one_of(0, -1)
        share = self.one_of(0.0, 0.1, 0.5, 0.9, 1.0)
        y_true = torch.rand(samples, generator=self.source) < share
        y_score = torch.randint(0, steps, (samples,), generator=self.source) / steps
        return {
            "y_true": torch.where(y_true, 1, negative),
            "y_score": self.one_of(y_score, y_score.double() - 0.5),
        }


def as_numpy(value):
    return value.numpy() if isinstance(value, torch.Tensor) else value


def asked(function, arguments: dict) -> tuple[list, list]:
    """The answers, one or several, and the warnings on the way."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        answer = function(**arguments)
    answers = answer if isinstance(answer, tuple) else (answer,)
    return [as_numpy(one) for one in answers], [warning.category for warning in caught]


def assert_same(name: str, arguments: dict, warned: type = UserWarning) -> None:
    """Ask both libraries; the values must be equal, and both must warn or neither."""
    mine, my_warnings = asked(getattr(ours, name), arguments)
    plain = {key: as_numpy(value) for key, value in arguments.items()}
    wanted, their_warnings = asked(getattr(theirs, name), plain)
    for one, expected in zip(mine, wanted, strict=True):
        np.testing.assert_allclose(one, expected, **EXACT, err_msg=str(arguments))
    both = [
        any(issubclass(category, warned) for category in categories)
        for categories in (my_warnings, their_warnings)
    ]
    assert both[0] == both[1], arguments


@pytest.fixture(autouse=True)
def _without_their_own_checks():
    with sklearn.config_context(skip_parameter_validation=True):
        yield


# the worked examples

BIRDS = {
    "y_true": torch.tensor([1, 1, 1, 1, 0, 0, 0, 0, 0, 0]),
    "y_pred": torch.tensor([1, 1, 1, 0, 1, 1, 0, 0, 0, 0]),
}  # TP 3, FN 1, FP 2, TN 4


def test_four_counts_by_hand():
    assert confusion_matrix(**BIRDS).tolist() == [[4, 2], [1, 3]]
    assert accuracy_score(**BIRDS) == 0.7
    assert accuracy_score(**BIRDS, normalize=False) == 7
    assert precision_score(**BIRDS) == pytest.approx(3 / 5)
    assert recall_score(**BIRDS) == pytest.approx(3 / 4)
    assert f1_score(**BIRDS) == pytest.approx(2 / 3)
    assert fbeta_score(**BIRDS, beta=2) == pytest.approx(5 * 0.45 / (4 * 0.6 + 0.75))


def test_the_twenty_images_of_the_notes():
    y_true, y_score = torch.tensor(TWENTY_LABELS), torch.tensor(TWENTY_SCORES)
    assert len(y_true) == len(y_score) == 20
    top = y_score.topk(5).indices
    assert [n + 1 for n in top.tolist()] == [4, 2, 13, 19, 6]
    found = torch.zeros_like(y_true).scatter(0, top, 1)
    assert precision_score(y_true, found) == 2 / 5
    assert recall_score(y_true, found) == 2 / 6
    # Images 7 (a car) and 15 are tied at place 11, so they enter together, as 5 of 12.
    steps = [1, 1, 3 / 6, 4 / 7, 5 / 12, 6 / 16]
    assert average_precision_score(y_true, y_score) == pytest.approx(sum(steps) / 6)
    best = [1, 1, 4 / 7, 4 / 7, 5 / 12, 6 / 16]
    everywhere = interpolated_average_precision(y_true, y_score)
    assert everywhere == pytest.approx(sum(best) / 6)
    # Recall 0.0 to 0.3 is reached by the second car, 0.4 to 0.6 by the fourth, 0.7 and 0.8 by the
    # fifth, 0.9 and 1 by the sixth.
    eleven = [1] * 4 + [4 / 7] * 3 + [5 / 12] * 2 + [6 / 16] * 2
    answer = interpolated_average_precision(y_true, y_score, points=11)
    assert answer == pytest.approx(sum(eleven) / 11)


def test_levels_of_recall_are_met_exactly():
    # Three of ten positives lead the list: recall 3/10 meets the level 0.3, which no float does.
    y_true = torch.tensor([1] * 3 + [0] * 7 + [1] * 7)
    y_score = torch.arange(len(y_true), 0, -1.0)
    wanted = (4 * 1 + 7 * 10 / 17) / 11
    answer = interpolated_average_precision(y_true, y_score, points=11)
    assert answer == pytest.approx(wanted)


# equal to scikit-learn


def test_confusion_matrix_equals_scikit_learn():
    for seed in range(CASES):
        draw = Drawing(seed)
        case = draw.answers()
        case["normalize"] = draw.one_of(None, "true", "pred", "all")
        if draw.pick(0, 1):
            order, first = draw.labels(6), case["y_true"][:1]
            case["labels"] = torch.cat([order[order != first], first])
        # scikit-learn warns, too, where a single label occurs.
        assert_same("confusion_matrix", case, warned=UndefinedMetricWarning)


def test_accuracy_score_equals_scikit_learn():
    for seed in range(CASES):
        draw = Drawing(seed)
        case = draw.answers() | {"normalize": draw.one_of(True, False)}
        assert_same("accuracy_score", case)


@pytest.mark.parametrize("name", ["precision_score", "recall_score", "fbeta_score"])
def test_agreement_equals_scikit_learn(name):
    for seed in range(CASES):
        draw = Drawing(seed)
        case = draw.answers()
        found = torch.cat(list(case.values())).unique()
        case["average"] = draw.one_of("micro", "macro", "weighted", None)
        case["zero_division"] = draw.one_of("warn", 0.0, 1.0, math.nan)
        if len(found) <= 2 and draw.pick(0, 1):
            case |= {"average": "binary", "pos_label": int(found[-1])}
        elif draw.pick(0, 1):
            case["labels"] = draw.labels(4)
        if name == "fbeta_score":
            case["beta"] = draw.one_of(0.5, 1, 2, 10.0)
        assert_same(name, case)


def test_f1_is_f_with_beta_1():
    for seed in range(CASES // 5):
        arguments = Drawing(seed).answers() | {"average": "macro", "zero_division": 0.0}
        assert f1_score(**arguments) == fbeta_score(**arguments, beta=1)
        assert_same("f1_score", arguments)


@pytest.mark.parametrize("beta", [0, math.inf])
def test_f_at_its_ends_equals_scikit_learn(beta):
    for seed in range(CASES // 5):
        draw = Drawing(seed)
        average = draw.one_of("macro", None)
        case = draw.answers() | {"beta": beta, "average": average, "zero_division": 0.0}
        assert_same("fbeta_score", case)


@pytest.mark.parametrize(
    "name",
    [
        "roc_curve",
        "roc_auc_score",
        "precision_recall_curve",
        "average_precision_score",
    ],
)
def test_curves_and_their_areas_equal_scikit_learn(name):
    for seed in range(CASES):
        draw = Drawing(seed)
        case = draw.scores()
        if name == "roc_curve":
            case["drop_intermediate"] = draw.one_of(True, False)
        assert_same(name, case)


def test_auc_equals_scikit_learn():
    for seed in range(CASES):
        draw = Drawing(seed)
        x, y = torch.randint(0, 9, (2, draw.pick(2, 9)), generator=draw.source) / 8
        x = x.sort(descending=draw.one_of(True, False)).values
        assert_same("auc", {"x": x, "y": y})


@pytest.mark.parametrize("pos_label", [3, 5])
@pytest.mark.parametrize(
    "name", ["roc_curve", "precision_recall_curve", "average_precision_score"]
)
def test_another_label_may_be_positive(name, pos_label):
    assert_same(name, THREES_AND_FIVES | {"pos_label": pos_label})


def test_the_larger_of_two_labels_is_positive_for_the_area():
    assert_same("roc_auc_score", THREES_AND_FIVES)


THREES_AND_FIVES = {
    "y_true": torch.tensor([3, 5, 5, 3, 5]),
    "y_score": torch.tensor([0.1, 0.4, 0.35, 0.4, 0.8]),
}


# other ways to the same number


def by_the_definition(y_true, y_score, points) -> Fraction:
    """Average precision word by word: at each level the best precision at that recall or above."""
    positives = int(y_true.sum())
    curve = []
    for threshold in y_score.unique():
        taken = y_score >= threshold
        hits = int(y_true[taken].sum())
        curve.append((Fraction(hits, positives), Fraction(hits, int(taken.sum()))))
    levels = [Fraction(n, points - 1) for n in range(points)] if points else []
    levels = levels or [Fraction(n, positives) for n in range(1, positives + 1)]
    best = [max(p for r, p in curve if r >= level) for level in levels]
    return sum(best) / len(levels)


@pytest.mark.parametrize("points", [None, 2, 11, 101])
def test_interpolation_equals_its_definition(points):
    for seed in range(CASES // 5):
        arguments = Drawing(seed).scores()
        arguments["y_true"] = arguments["y_true"].clamp(min=0)
        if not arguments["y_true"].any():
            continue
        answer = interpolated_average_precision(**arguments, points=points)
        wanted = by_the_definition(**arguments, points=points)
        assert answer == pytest.approx(float(wanted), abs=1e-12)


def test_the_area_is_the_share_of_pairs_in_order():
    for seed in range(CASES):
        y_true, y_score = Drawing(seed).scores().values()
        positive, negative = y_score[y_true == 1], y_score[y_true != 1]
        if not len(positive) or not len(negative):
            continue
        difference = positive[:, None] - negative
        pairs = ((difference > 0).double() + 0.5 * (difference == 0)).mean().item()
        assert roc_auc_score(y_true, y_score) == pytest.approx(pairs, abs=1e-12)


# degenerate input

NONE_POSITIVE = {
    "y_true": torch.tensor([0, 0, 0]),
    "y_score": torch.tensor([0.2, 0.9, 0.9]),
}
ALL_POSITIVE = NONE_POSITIVE | {"y_true": torch.tensor([1, 1, 1])}


def test_without_positives_the_values_are_those_documented():
    with pytest.warns(
        UndefinedMetricWarning, match="with one label alone; y_true holds 0"
    ):
        assert math.isnan(roc_auc_score(**NONE_POSITIVE))
    with pytest.warns(UndefinedMetricWarning, match="without positive samples"):
        assert average_precision_score(**NONE_POSITIVE) == 0
    with pytest.warns(
        UndefinedMetricWarning, match="without positive samples, set to 0"
    ):
        assert interpolated_average_precision(**NONE_POSITIVE) == 0
    with pytest.warns(
        UndefinedMetricWarning, match="the true positive rate is undefined"
    ):
        fpr, tpr, _ = roc_curve(**NONE_POSITIVE)
    assert tpr.isnan().all()
    assert fpr.tolist() == pytest.approx([0, 2 / 3, 1])
    with pytest.warns(UndefinedMetricWarning, match="recall is undefined"):
        _, recall, _ = precision_recall_curve(**NONE_POSITIVE)
    assert recall.tolist() == [1, 1, 0]


def test_without_negatives():
    assert average_precision_score(**ALL_POSITIVE) == 1
    assert interpolated_average_precision(**ALL_POSITIVE, points=11) == 1
    with pytest.warns(
        UndefinedMetricWarning, match="the false positive rate is undefined"
    ):
        fpr, _, _ = roc_curve(**ALL_POSITIVE)
    assert fpr.isnan().all()


def test_a_quotient_of_nothing_is_0_with_a_warning_or_what_was_asked_for():
    zeros = torch.zeros(3, dtype=torch.long)
    for score, clause in (
        (
            precision_score,
            "precision without an answer for the class is set to 0; zero_division",
        ),
        (recall_score, "recall without a sample of the class is set to 0"),
        (
            f1_score,
            "F without a sample of the class or an answer for it is set to 0",
        ),
    ):
        with pytest.warns(UndefinedMetricWarning, match=clause):
            assert score(zeros, zeros) == 0
        assert score(zeros, zeros, zero_division=1) == 1
        assert math.isnan(score(zeros, zeros, zero_division=math.nan))


def test_a_single_class():
    ones = torch.ones(4, dtype=torch.long)
    assert confusion_matrix(ones, ones).tolist() == [[4]]
    assert precision_score(ones, ones) == recall_score(ones, ones) == 1
    both = torch.tensor([0, 1])
    assert confusion_matrix(ones, ones, labels=both).tolist() == [[0, 0], [0, 4]]


def test_booleans_are_labels():
    y_true, y_pred = BIRDS["y_true"] == 1, BIRDS["y_pred"] == 1
    assert f1_score(y_true, y_pred) == f1_score(**BIRDS)
    y_score = torch.linspace(0, 1, 10)
    assert roc_auc_score(y_true, y_score) == roc_auc_score(BIRDS["y_true"], y_score)


def test_arguments_are_left_alone():
    y_true, y_score = torch.tensor([0, 1, 1]), torch.tensor([0.3, 0.1, 0.2])
    roc_curve(y_true, y_score)
    confusion_matrix(y_true, y_true, labels=torch.tensor([1, 0]))
    assert y_true.tolist() == [0, 1, 1]
    torch.testing.assert_close(y_score, torch.tensor([0.3, 0.1, 0.2]))


@pytest.mark.gpu
def test_answers_come_from_any_device():
    from dlcourse.training import device

    arguments = {key: value.to(device()) for key, value in BIRDS.items()}
    assert f1_score(**arguments) == f1_score(**BIRDS)


# invariants

problems = st.integers(0, 10_000).map(lambda seed: Drawing(seed).scores())


@settings(deadline=None, max_examples=50)
@given(problems)
def test_only_the_order_of_scores_counts(problem):
    y_true, y_score = problem.values()
    stretched = torch.exp(3 * y_score.double())
    for curve in (roc_curve, precision_recall_curve):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            before, after = (curve(y_true, s)[:2] for s in (y_score, stretched))
        torch.testing.assert_close(before, after, equal_nan=True)


@settings(deadline=None, max_examples=50)
@given(problems)
def test_turned_scores_turn_the_area(problem):
    y_true, y_score = problem.values()
    if len(y_true.unique()) == 2:
        both = roc_auc_score(y_true, y_score) + roc_auc_score(y_true, -y_score)
        assert both == pytest.approx(1)


@settings(deadline=None, max_examples=50)
@given(problems)
def test_every_threshold_has_the_counts_of_its_answers(problem):
    y_true, y_score = (problem["y_true"] == 1).long(), problem["y_score"]
    *counts, thresholds = confusion_matrix_at_thresholds(y_true, y_score)
    assert thresholds.tolist() == y_score.double().unique().flip(0).tolist()
    labels = torch.tensor([0, 1])
    for n, threshold in enumerate(thresholds):
        matrix = confusion_matrix(y_true, (y_score >= threshold).long(), labels=labels)
        assert matrix.flatten().tolist() == [int(count[n]) for count in counts]


@settings(deadline=None, max_examples=50)
@given(problems)
def test_interpolation_never_lowers_average_precision(problem):
    y_true, y_score = problem.values()
    if (y_true == 1).any():
        interpolated = interpolated_average_precision(y_true, y_score)
        assert interpolated >= average_precision_score(y_true, y_score) - 1e-12


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10_000))
def test_micro_averages_are_the_accuracy(seed):
    arguments = Drawing(seed).answers()
    accuracy = pytest.approx(accuracy_score(**arguments))
    for score in (precision_score, recall_score, f1_score):
        assert score(**arguments, average="micro") == accuracy


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10_000), st.floats(0, 20))
def test_f_lies_between_precision_and_recall(seed, beta):
    arguments = Drawing(seed).answers()
    options = {"average": "micro", "labels": torch.tensor([0, 1]), "zero_division": 0.0}
    precision = precision_score(**arguments, **options)
    recall = recall_score(**arguments, **options)
    f = fbeta_score(**arguments, **options, beta=beta)
    assert min(precision, recall) - 1e-12 <= f <= max(precision, recall) + 1e-12


# refusals

ONE, TWO, TEN = torch.tensor([1]), torch.tensor([0, 1]), torch.arange(10)
EMPTY = torch.tensor([], dtype=torch.long)
HALF = torch.tensor([0.5])

REFUSALS = {
    "a list": (
        lambda: accuracy_score([1], ONE),
        TypeError,
        "y_true is a list; convert it with torch.as_tensor",
    ),
    "scores for labels": (
        lambda: precision_score(ONE, HALF),
        TypeError,
        "y_pred holds torch.float32; labels are whole numbers",
    ),
    "complex scores": (
        lambda: roc_curve(ONE, HALF.to(torch.complex64)),
        TypeError,
        "y_score holds torch.complex64; scores need an order",
    ),
    "two lengths": (
        lambda: confusion_matrix(ONE, TWO),
        ValueError,
        "y_true has shape (1,) and y_pred (2,); both need one axis, of the same length",
    ),
    "two axes": (
        lambda: roc_auc_score(TWO[None], torch.rand(1, 2)),
        ValueError,
        "y_true has shape (1, 2) and y_score (1, 2); both need one axis",
    ),
    "no answers": (
        lambda: f1_score(EMPTY, EMPTY),
        ValueError,
        "y_true and y_pred are empty; a metric needs a sample",
    ),
    "no scores": (
        lambda: average_precision_score(EMPTY, EMPTY),
        ValueError,
        "y_true and y_score are empty; a metric needs a sample",
    ),
    "not finite": (
        lambda: roc_auc_score(TWO, torch.tensor([0.5, math.nan])),
        ValueError,
        "y_score holds nan; every score must be finite",
    ),
    "normalize": (
        lambda: confusion_matrix(ONE, ONE, normalize="rows"),
        ValueError,
        'normalize is "rows"; say "true", "pred" or "all"',
    ),
    "a label twice": (
        lambda: confusion_matrix(ONE, ONE, labels=torch.tensor([1, 1])),
        ValueError,
        "labels [1, 1] names a label twice",
    ),
    "no such label": (
        lambda: confusion_matrix(ONE, ONE, labels=torch.tensor([7])),
        ValueError,
        "none of the labels [7] occurs in y_true",
    ),
    "average": (
        lambda: recall_score(TWO, TWO, average="samples"),
        ValueError,
        "average is 'samples'; say one of 'binary', 'micro', 'macro', 'weighted', None",
    ),
    "binary": (
        lambda: precision_score(TEN, TEN),
        ValueError,
        'average "binary" is for two labels, and 10 occur; say "macro"',
    ),
    "positive label": (
        lambda: precision_score(TWO, TWO, pos_label=2),
        ValueError,
        "pos_label (2) must be one of the labels [0, 1]",
    ),
    "zero_division": (
        lambda: precision_score(TWO, TWO, zero_division=0.5),
        ValueError,
        'zero_division is 0.5; say "warn", 0, 1 or nan',
    ),
    "beta": (
        lambda: fbeta_score(TWO, TWO, beta=-1),
        ValueError,
        "beta (-1) must be at least 0",
    ),
    "which is positive": (
        lambda: roc_curve(TWO + 1, TWO.float()),
        ValueError,
        "y_true holds the labels [1, 2]; say which of them is positive by pos_label",
    ),
    "ten classes": (
        lambda: roc_auc_score(TEN, TEN.float()),
        ValueError,
        "y_true holds 10 labels; this score is of one against the rest, so pass y_true == label",
    ),
    "two others": (
        lambda: average_precision_score(TWO + 2, TWO.float()),
        ValueError,
        "pos_label (1) must be one of the labels [2, 3]",
    ),
    "one point": (
        lambda: auc(HALF, HALF),
        ValueError,
        "x has length 1 and y 1; an area needs two points, and as many of both",
    ),
    "back and forth": (
        lambda: auc(torch.tensor([0.0, 1, 0]), torch.zeros(3)),
        ValueError,
        "x must rise or fall all along; it does both",
    ),
    "points": (
        lambda: interpolated_average_precision(ONE, HALF, points=1),
        ValueError,
        "points (1) must be at least 2, for recall 0 and 1",
    ),
}


@pytest.mark.usefixtures("as_in_use")
@pytest.mark.parametrize("case", REFUSALS)
def test_refusals_name_the_value_and_the_rule(case):
    call, error, message = REFUSALS[case]
    with pytest.raises(error) as refusal:
        call()
    assert message in str(refusal.value)
