"""The verification figure: its arithmetic equals the package's, and it answers sliders and keys."""

import pytest
import torch

from dlcourse.faces.verification import (
    equal_error_rate,
    error_rates,
    false_alarm_rate,
    roc,
    tar_at_far,
)

pytestmark = pytest.mark.browser

FIGURE = """
<script type="application/json" id="told">
{"few": {"same": [10, 50, 120], "different": [50, 110, 200, 250]},
 "apart": {"same": [10, 20], "different": [110, 300]}}
</script>

:::{playable} verification
:alt: Histograms of distances, a threshold and the ROC curve.
:start: {"from": "told", "threshold": 60}

The still picture.

The caption.
:::
"""
THRESHOLD = "threshold, hundredths"
PEOPLE = "people in the gallery"
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}


def slide(page, name: str, value: int) -> None:
    page.get_by_role("slider", name=name).fill(str(value))


def measured(page) -> dict[str, str]:
    names, values = (
        page.locator(f".playable-measures {tag}").all_inner_texts()
        for tag in ("dt", "dd")
    )
    return dict(zip(names, values, strict=True))


def drawn(seed: int) -> dict[str, list[float]]:
    """Draw distances on few levels, so with ties."""
    source = torch.Generator().manual_seed(seed)
    steps = (4, 10, 100)[seed % 3]
    sizes = torch.randint(1, 12, (2,), generator=source).tolist()
    same, different = (
        (torch.randint(0, steps + 1, (n,), generator=source) * 300 / steps).tolist()
        for n in sizes
    )
    return {"same": same, "different": different}


def as_arguments(distances: dict) -> dict[str, torch.Tensor]:
    both = distances["same"] + distances["different"]
    return {
        "distances": torch.tensor(both, dtype=torch.float64),
        "same": torch.arange(len(both)) < len(distances["same"]),
    }


def test_the_curve_and_what_is_read_off_it_equal_the_package(page):
    vectors = [drawn(seed) for seed in range(60)]
    answers = page.evaluate(
        """async (vectors) => {
            const { equalErrorRate, roc, tarAtFar } = await import("dlcourse/acceptance");
            return vectors.map((distances) => {
                const points = roc(distances);
                return [points, equalErrorRate(points), tarAtFar(points, 0.1)];
            });
        }""",
        vectors,
    )
    for vector, (points, equal, strict) in zip(vectors, answers, strict=True):
        arguments = as_arguments(vector)
        expected = torch.stack(roc(**arguments)[:2], dim=1)
        torch.testing.assert_close(torch.tensor(points).double(), expected)
        assert equal == pytest.approx(equal_error_rate(**arguments)[0])
        assert strict == pytest.approx(tar_at_far(**arguments, far=0.1)[0])


def test_rates_and_false_alarms_equal_the_package(page):
    vectors = [drawn(seed) for seed in range(60)]
    answers = page.evaluate(
        """async (vectors) => {
            const { decided, errorRates, falseAlarmRate } = await import("dlcourse/acceptance");
            return vectors.map((distances) => {
                const { FAR, FRR } = errorRates(decided(distances, 150));
                const far = FAR[0] / FAR[1];
                return [far, FRR[0] / FRR[1], falseAlarmRate(far, 20)];
            });
        }""",
        vectors,
    )
    for vector, (far, frr, alarms) in zip(vectors, answers, strict=True):
        expected = error_rates(**as_arguments(vector), threshold=150.0)
        assert (far, frr) == pytest.approx(expected)
        assert alarms == pytest.approx(false_alarm_rate(expected[0], 20))


def test_distances_of_the_page_come_first(page):
    assert measured(page) == {
        "FAR": "1/4 = 0.250",
        "FRR": "1/3 = 0.333",
        "strangers named": "0.250",
        "EER": "0.333",
        "TAR at FAR 0.01": "0.333",
    }
    assert page.heard == []


def test_a_distance_at_the_threshold_is_accepted(page):
    slide(page, THRESHOLD, 110)
    assert measured(page)["FAR"] == "2/4 = 0.500"
    slide(page, THRESHOLD, 109)
    assert measured(page)["FAR"] == "1/4 = 0.250"


def test_more_people_cost_more_false_alarms(page):
    slide(page, PEOPLE, 2)
    assert measured(page)["strangers named"] == f"{1 - 0.75**2:.3f}"
    slide(page, PEOPLE, 200)
    assert measured(page)["strangers named"] == "1.000"


def test_another_set_keeps_the_threshold(page):
    page.get_by_role("combobox", name="distances of").select_option("apart")
    now = measured(page)
    assert (now["FAR"], now["FRR"]) == ("0/2 = 0.000", "0/2 = 0.000")
    assert now["EER"] == "0.000"
    assert now["TAR at FAR 0.01"] == "1.000"


def test_the_point_moves_along_the_curve(page):
    slide(page, THRESHOLD, 120)
    path = page.locator("path[data-kind=here]").get_attribute("d")
    across, down = (float(number) for number in path.split()[1:3])
    assert (1.04 * across, 1.04 * (1 - down)) == pytest.approx((0.5, 1.0))


def test_keys_move_the_threshold(page):
    page.get_by_role("slider", name=THRESHOLD).focus()
    page.keyboard.press("End")
    assert measured(page)["FRR"] == "0/3 = 0.000"
    page.keyboard.press("Home")
    assert measured(page)["FAR"] == "0/4 = 0.000"


@pytest.mark.parametrize("width", [320, 390])
def test_phone_never_scrolls_sideways(visit, width):
    page = visit(**PHONE | {"viewport": {"width": width, "height": 844}})
    assert page.evaluate("document.documentElement.scrollWidth") == width
