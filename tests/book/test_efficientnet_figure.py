"""The figure of the EfficientNet chapter: its counts equal the package's, and it answers."""

import pytest
import torch

from dlcourse.models.anatomy import totals
from dlcourse.models.efficientnet import (
    BASELINE,
    SIZES,
    EfficientNet,
    Scale,
    scaled,
)
from dlcourse.models.mobilenet import make_divisible

pytestmark = pytest.mark.browser

FIGURE = """
:::{playable} scaling
:alt: A network whose depth, width and image can be changed.

The still picture.

The caption.
:::
"""


def said(page) -> str:
    return page.get_by_role("status").inner_text()


# arithmetic


def test_rounding_and_stages_equal_the_package(page):
    values = [n / 7 for n in range(3, 900, 11)]
    factors = [((50 + 7 * n) / 100, (50 + 11 * n) / 100) for n in range(36)]
    rounded, stages = page.evaluate(
        """async ([values, factors]) => {
            const { makeDivisible, scaled } = await import("dlcourse/scales");
            return [values.map(makeDivisible), factors.map((each) => scaled(...each))];
        }""",
        [values, factors],
    )
    assert rounded == [make_divisible(value) for value in values]
    for (width, depth), found in zip(factors, stages, strict=True):
        assert [(s["channels"], s["blocks"]) for s in found] == [
            (stage.channels, stage.blocks) for stage in scaled(width, depth)
        ]
    assert len(BASELINE) == len(stages[0])


CASES = [(1.0, 1.0, 224), (0.5, 0.5, 97), (1.13, 1.57, 250), (2.25, 1.0, 64)]


def test_counts_equal_the_package(page):
    cases = CASES + [(size.width, size.depth, size.pixels) for size in SIZES[1:4]]
    answers = page.evaluate(
        """async (cases) => {
            const { costs, predicted } = await import("dlcourse/scales");
            return cases.map(([width, depth, pixels]) => ({
                ...costs(width, depth, pixels), says: predicted(width, depth, pixels / 224),
            }));
        }""",
        cases,
    )
    for (width, depth, pixels), answer in zip(cases, answers, strict=True):
        with torch.device("meta"):
            model = EfficientNet(width_mult=width, depth_mult=depth)
            count = totals(model, torch.empty(1, 3, pixels, pixels))
        assert answer["parameters"] == count.parameters
        assert answer["multiplyAdds"] == count.multiply_adds
        assert answer["says"] == pytest.approx(Scale(depth, width, pixels / 224).cost)


# the figure


def test_it_starts_with_b0(page):
    assert "5,288,548 parameters" in said(page)
    assert "385,814,752 multiply-adds" in said(page)
    assert "1 times B0’s; d·w²·r² says 1" in said(page)
    assert page.locator(".playable-stages i").count() == len(BASELINE)
    assert page.heard == []


def test_a_published_size_sets_the_sliders(page):
    page.get_by_role("combobox", name="size").select_option("B7")
    assert "66,347,960 parameters" in said(page)
    values = [
        page.get_by_role("slider", name=name).input_value()
        for name in ("depth, %", "width, %", "pixels")
    ]
    assert values == ["310", "200", "600"]


def test_a_slider_changes_the_count_and_leaves_the_size(page):
    page.get_by_role("slider", name="pixels").fill("448")
    assert "5,288,548 parameters" in said(page)
    assert "3.99 times B0’s; d·w²·r² says 4" in said(page)
    assert page.get_by_role("combobox", name="size").input_value() == ""
    picture = page.locator(".playable-stages")
    assert picture.get_attribute("aria-label").startswith("An image of 448 pixels")
