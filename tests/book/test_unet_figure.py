"""The figure of the U-Net chapter: its arithmetic equals the package's, and it answers."""

import pytest

from dlcourse.segmentation.unet import least_side, nearby, trace

pytestmark = pytest.mark.browser

FIGURE = """
:::{playable} unet
:alt: The sides of the maps of a U-Net.

The still picture.

The caption.
:::
"""


@pytest.fixture
def unet(page):
    return page.locator("[data-figure=unet]")


def test_the_arithmetic_equals_the_package(page):
    asked = [
        (side, depth, padding)
        for padding in ("valid", "same")
        for depth in (1, 2, 3, 4, 5)
        for side in [*range(1, 60), 187, 188, 190, 204, 400, 508, 570, 572, 573, 700]
    ]
    answers = page.evaluate(
        """async (asked) => {
            const { leastSide, nearby, trace } = await import("dlcourse/shapes");
            return asked.map((each) => ({
                ...trace(...each),
                near: nearby(...each),
                least: leastSide(each[1], each[2]),
            }));
        }""",
        asked,
    )
    for (side, depth, padding), answer in zip(asked, answers, strict=True):
        steps, fault = trace(side, depth, padding)
        assert answer["fault"] == fault
        assert answer["steps"] == [step._asdict() for step in steps]
        assert answer["near"] == nearby(side, depth, padding)
        assert answer["least"] == least_side(depth, padding)


def test_it_starts_with_the_paper(page, unet):
    assert "572 fits, and the answer has 388." in unet.inner_text()
    first = unet.locator("[data-level='1']")
    assert first.locator(".unet-map").all_inner_texts() == ["572", "568", "392", "388"]
    assert first.locator(".unet-across").inner_text() == "568 cut to 392"
    assert page.heard == []


def test_a_size_that_fails_says_why(unet):
    unet.get_by_role("slider", name="side", exact=True).fill("570")
    said = unet.get_by_role("status").inner_text()
    assert "the pooling after level 2 would meet an odd side, 279 pixels" in said
    assert "556 or 572 would do, as any 188 + 16·n" in said
    assert unet.locator(".unet-stopped").all_inner_texts() == ["279"]
    assert unet.locator(".unet-across").count() == 0


def test_keys_and_buttons(unet):
    side = unet.get_by_role("slider", name="side", exact=True)
    side.focus()
    unet.page.keyboard.press("ArrowLeft")
    assert side.input_value() == "571"
    unet.get_by_role("button", name="next that fits ›").click()
    assert side.input_value() == "572"
    unet.get_by_role("button", name="next that fits ›").click()
    assert side.input_value() == "588"
    unet.get_by_role("button", name="‹ next that fits").click()
    unet.get_by_role("button", name="‹ next that fits").click()
    assert side.input_value() == "556"
    side.fill("1")
    unet.get_by_role("button", name="‹ next that fits").click()
    assert side.input_value() == "188"


def test_same_padding_keeps_the_size(unet):
    unet.get_by_text("same", exact=True).click()
    unet.get_by_role("slider", name="side", exact=True).fill("96")
    assert "96 fits, and the answer has 96." in unet.inner_text()
    assert unet.locator(".unet-across").first.inner_text() == "96 across"
    unet.get_by_role("slider", name="side", exact=True).fill("100")
    assert "96 or 112 would do, as any 16 + 16·n" in unet.inner_text()
    unet.get_by_role("slider", name="depth", exact=True).fill("2")
    assert "100 fits" in unet.inner_text()
