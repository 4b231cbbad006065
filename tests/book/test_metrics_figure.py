"""The threshold figure: its arithmetic equals the package's, and it answers slider and keys."""

import pytest
import torch

from dlcourse.optim.metrics import (
    TWENTY_LABELS,
    TWENTY_SCORES,
    accuracy_score,
    average_precision_score,
    confusion_matrix,
    f1_score,
    precision_score,
    recall_score,
    roc_auc_score,
    roc_curve,
)

pytestmark = pytest.mark.browser

FIGURE = """
<script type="application/json" id="told">
{"told by the page": {"positive": [80.5, 60, 30], "negative": [60, 10, 5, 0]}}
</script>

:::{playable} threshold
:alt: Histograms, a threshold and two curves.
:start: {"from": "told", "threshold": 40}

The still picture.

The caption.
:::
"""
TWENTY = "the notes' twenty images"
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}


def slide(page, value: int) -> None:
    page.get_by_role("slider", name="threshold, %").fill(str(value))


def choose(page, name: str) -> None:
    page.get_by_role("combobox", name="scores").select_option(name)


def counts(page) -> list[str]:
    return page.locator(".playable-confusion td[data-kind]").all_inner_texts()


def measured(page) -> dict[str, str]:
    names, values = (
        page.locator(f".playable-measures {tag}").all_inner_texts()
        for tag in ("dt", "dd")
    )
    return dict(zip(names, values, strict=True))


def points(page) -> list[tuple[float, float]]:
    """Where the point stands on each curve, in the units of the axes, which end at 1.04."""
    paths = page.locator("path[data-kind=here]").evaluate_all(
        "paths => paths.map((path) => path.getAttribute('d'))"
    )
    starts = [[float(number) for number in path.split()[1:3]] for path in paths]
    return [(1.04 * across, 1.04 * (1 - down)) for across, down in starts]


def drawn_scores(seed: int) -> dict[str, list[float]]:
    """Draw scores on few levels, so with ties."""
    source = torch.Generator().manual_seed(seed)
    steps = (4, 10, 100)[seed % 3]
    sizes = torch.randint(1, 12, (2,), generator=source).tolist()
    positive, negative = (
        (torch.randint(0, steps + 1, (n,), generator=source) * 100 / steps).tolist()
        for n in sizes
    )
    return {"positive": positive, "negative": negative}


def as_arguments(scores: dict) -> dict[str, torch.Tensor]:
    sizes = len(scores["positive"]), len(scores["negative"])
    return {
        "y_true": torch.tensor([1] * sizes[0] + [0] * sizes[1]),
        "y_score": torch.tensor(
            scores["positive"] + scores["negative"], dtype=torch.float64
        ),
    }


def test_curves_and_areas_equal_the_package(page):
    vectors = [drawn_scores(seed) for seed in range(60)]
    answers = page.evaluate(
        """async (vectors) => {
            const { area, rocPoints, stepPoints } = await import("dlcourse/ranking");
            return vectors.map((scores) => ({
                roc: rocPoints(scores),
                area: area(rocPoints(scores)),
                average: area(stepPoints(scores)),
            }));
        }""",
        vectors,
    )
    for vector, answer in zip(vectors, answers, strict=True):
        arguments = as_arguments(vector)
        fpr, tpr, _ = roc_curve(**arguments, drop_intermediate=False)
        points = torch.stack([fpr, tpr], dim=1)
        torch.testing.assert_close(torch.tensor(answer["roc"]).double(), points)
        assert answer["area"] == pytest.approx(roc_auc_score(**arguments))
        assert answer["average"] == pytest.approx(average_precision_score(**arguments))


def test_counts_and_measures_equal_the_package(page):
    vectors = [drawn_scores(seed) for seed in range(60)]
    answers = page.evaluate(
        """async (vectors) => {
            const { measures, outcomes } = await import("dlcourse/ranking");
            return vectors.map((scores) => [outcomes(scores, 50), measures(outcomes(scores, 50))]);
        }""",
        vectors,
    )
    functions = {
        "accuracy": accuracy_score,
        "precision": precision_score,
        "recall": recall_score,
        "F1": f1_score,
    }
    for vector, (outcomes, measures) in zip(vectors, answers, strict=True):
        y_true, y_score = as_arguments(vector).values()
        y_pred = (y_score >= 50).long()
        matrix = confusion_matrix(y_true, y_pred, labels=torch.tensor([1, 0]))
        assert matrix.flatten().tolist() == [
            outcomes[k] for k in ("TP", "FN", "FP", "TN")
        ]
        for name, function in functions.items():
            above, below = measures[name]
            if below:
                assert above / below == pytest.approx(function(y_true, y_pred))


def test_the_twenty_images_are_those_of_the_package(page):
    choose(page, TWENTY)
    slide(page, 45)  # the top five
    assert counts(page) == ["TP 2", "FN 4", "FP 3", "TN 11"]
    assert measured(page)["recall"] == "2/6 = 0.333"
    y_true, y_score = torch.tensor(TWENTY_LABELS), torch.tensor(TWENTY_SCORES)
    named = page.locator(".playable-chart [data-kind=value]").all_inner_texts()
    names = [name for name in named if name]
    assert names == [
        f"↑ recall, area {roc_auc_score(y_true, y_score):.3f}",
        f"↑ precision, average {average_precision_score(y_true, y_score):.3f}",
    ]


@pytest.mark.parametrize("threshold", [9, 45, 80])
def test_the_point_moves_along_both_curves(page, threshold):
    choose(page, TWENTY)
    slide(page, threshold)
    y_true = torch.tensor(TWENTY_LABELS)
    y_pred = (torch.tensor(TWENTY_SCORES) >= threshold / 100).long()
    precision, recall = precision_score(y_true, y_pred), recall_score(y_true, y_pred)
    false_positives = 1 - recall_score(y_true, y_pred, pos_label=0)
    on_roc, on_precision = points(page)
    assert on_roc == pytest.approx((false_positives, recall))
    assert on_precision == pytest.approx((recall, precision))


def test_scores_of_the_page_come_first(page):
    assert counts(page) == ["TP 2", "FN 1", "FP 1", "TN 3"]
    assert measured(page)["precision"] == "2/3 = 0.667"
    assert page.heard == []


def test_a_score_at_the_threshold_passes(page):
    slide(page, 60)
    assert counts(page)[0] == "TP 2"
    slide(page, 61)
    assert counts(page)[0] == "TP 1"


def test_without_a_positive_answer_there_is_no_precision(page):
    slide(page, 100)
    assert measured(page)["precision"] == "0/0, undefined"
    assert page.locator("path[data-kind=here]").count() == 1  # on the ROC curve alone


def test_keys_move_the_threshold(page):
    page.get_by_role("slider", name="threshold, %").focus()
    page.keyboard.press("End")
    assert counts(page)[0] == "TP 0"
    page.keyboard.press("Home")
    assert counts(page) == ["TP 3", "FN 0", "FP 4", "TN 0"]


@pytest.mark.parametrize("width", [320, 390])
def test_phone_never_scrolls_sideways(visit, width):
    page = visit(**PHONE | {"viewport": {"width": width, "height": 844}})
    for name in (TWENTY, "told by the page"):
        choose(page, name)
        assert page.evaluate("document.documentElement.scrollWidth") == width
