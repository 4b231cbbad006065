"""The initialization figure: its numbers equal the package's, by mouse and by keyboard."""

import math

import pytest

from dlcourse.nn.initialization import ACTIVATIONS, predict_signals

pytestmark = pytest.mark.browser

FIGURE = """
:::{playable} initialization
:alt: The size of outputs and gradients over a hundred layers.

The still picture.

The caption.
:::
"""


def words(page) -> str:
    return page.get_by_role("status").inner_text()


def test_arithmetic_equals_the_package(page):
    vectors = [
        [name, scale] for name in ACTIVATIONS for scale in (0.1, 0.6, 1, 1.5, 4, 16)
    ]
    answers = page.evaluate(
        """async (vectors) => {
            const { ACTIVATIONS, predictSignals } = await import("dlcourse/signals");
            return vectors.map(([name, scale]) => predictSignals(40, scale, ACTIVATIONS[name]));
        }""",
        vectors,
    )
    for (name, scale), answer in zip(vectors, answers, strict=True):
        expected = predict_signals(40, float(scale), ACTIVATIONS[name])
        assert answer["forward"] == pytest.approx(expected.forward, rel=1e-6)
        assert answer["backward"] == pytest.approx(expected.backward, rel=1e-9)


def test_the_sums_are_those_that_make_the_outputs(page):
    # tanh is odd, so a sum is as large as the last output times the scale.
    answer = page.evaluate(
        """async () => {
            const { ACTIVATIONS, predictSignals } = await import("dlcourse/signals");
            return predictSignals(20, 1.5, ACTIVATIONS.tanh);
        }"""
    )
    before = [1.0, *answer["forward"][:-1]]
    assert answer["sums"] == pytest.approx([1.5 * std for std in before])


def test_the_scales_are_those_of_the_rules(page):
    scales = page.evaluate(
        "async () => (await import('dlcourse/initialization')).SCALES"
    )
    assert scales == pytest.approx(
        {
            "normal, std 0.01": 0.01 * math.sqrt(128),
            "torch's default": math.sqrt(1 / 3),
            "Xavier": 1,
            "Kaiming": math.sqrt(2),
            "normal, std 1": math.sqrt(128),
        }
    )


def test_it_starts_level_and_says_so(page):
    expected = predict_signals(100, math.sqrt(2), ACTIVATIONS["relu"])
    assert f"Outputs of layer 100: {expected.forward[-1]:.2g}." in words(page)
    assert "Gradient at layer 1: 1." in words(page)
    assert page.heard == []


def test_a_start_and_an_activation_change_the_words(page):
    page.get_by_role("combobox", name="start").select_option("torch's default")
    assert "Gradient at layer 1: 3.0 · 10⁻³⁹." in words(page)  # 6 ** (-99 / 2)
    assert "multiplies it by 0.408." in words(page)
    page.get_by_text("tanh", exact=True).click()
    assert "multiplies it by 0.577." in words(page)
    assert page.get_by_text("slope of tanh").is_visible()


def test_the_slider_by_keyboard(page):
    slider = page.get_by_role("slider", name="scale of the weights")
    slider.focus()
    page.keyboard.press("Home")
    assert slider.get_attribute("aria-valuetext") == "0.10"
    assert "multiplies it by 0.071." in words(page)
    assert page.get_by_role("combobox", name="start").input_value() == ""
    page.keyboard.press("End")
    assert slider.get_attribute("aria-valuetext") == "15.85"
    assert page.heard == []


def test_no_curve_leaves_the_page_on_a_phone(path, open_page):
    page = open_page(path, viewport={"width": 390, "height": 844})
    page.wait_for_selector(".playable-live")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(".playable-plot path").count() == 4
