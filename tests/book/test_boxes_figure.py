"""The boxes figure: its arithmetic equals the package's, and it answers mouse, touch and keys."""

import pytest
import torch

from dlcourse.detection.boxes import (
    box_iou,
    complete_box_iou,
    distance_box_iou,
    generalized_box_iou,
)

pytestmark = pytest.mark.browser

FIGURE = """
:::{playable} boxes
:alt: Two boxes to drag.

The still picture.

The caption.
:::
"""
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}
MEASURES = {
    "IoU": box_iou,
    "GIoU": generalized_box_iou,
    "DIoU": distance_box_iou,
    "CIoU": complete_box_iou,
}


def box(page, name: str) -> list[float]:
    rect = page.locator(f"[data-box={name}] [data-part=box]")
    x, y, width, height = (
        float(rect.get_attribute(side)) for side in ("x", "y", "width", "height")
    )
    return [x, y, x + width, y + height]


def measured(page) -> dict[str, float]:
    texts = {
        name: page.locator(f"[data-measure={name}]").inner_text() for name in MEASURES
    }
    return {name: float(text.replace("−", "-")) for name, text in texts.items()}


def as_shown(page) -> dict[str, float]:
    """What the package says of the two boxes on the board."""
    one, other = (torch.tensor([box(page, name)]).double() for name in "AB")
    return {name: measure(one, other).item() for name, measure in MEASURES.items()}


def scale(page) -> float:
    """Pixels of the screen in one pixel of the board."""
    rect = page.locator("[data-part=board]")
    return rect.bounding_box()["width"] / float(rect.get_attribute("width"))


def drag(page, start: tuple[float, float], by: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + by[0] / 2, start[1] + by[1] / 2)
    page.mouse.move(start[0] + by[0], start[1] + by[1])
    page.mouse.up()


def middle(page, selector: str) -> tuple[float, float]:
    found = page.locator(selector).bounding_box()
    return found["x"] + found["width"] / 2, found["y"] + found["height"] / 2


def test_the_measures_equal_the_package(page):
    source = torch.Generator().manual_seed(0)
    corner = torch.randint(0, 30, (200, 2, 2), generator=source)
    sides = torch.randint(1, 20, (200, 2, 2), generator=source)
    pairs = torch.cat([corner, corner + sides], dim=-1)
    pairs[:10, 1] = pairs[:10, 0]  # some are equal
    found = page.evaluate(
        """async (pairs) => {
            const { measures } = await import("dlcourse/overlap");
            return pairs.map((pair) => measures(...pair));
        }""",
        pairs.tolist(),
    )
    one, other = pairs.double().split(1, dim=1)
    for name, measure in MEASURES.items():
        expected = measure(one, other).flatten().tolist()
        assert [each[name] for each in found] == pytest.approx(expected, abs=1e-6)


def test_every_preset_shows_the_packages_numbers(page):
    presets = page.get_by_role("combobox", name="boxes")
    for name in presets.locator("option:not([hidden])").all_inner_texts():
        presets.select_option(name)
        assert measured(page) == pytest.approx(as_shown(page), abs=6e-4)
    assert page.heard == []


def test_the_mouse_moves_a_box(page):
    before, unit = box(page, "A"), scale(page)
    x, y = middle(page, "[data-box=A] [data-part=box]")
    drag(page, (x - 8 * unit, y), (3 * unit, 2 * unit))
    assert box(page, "A") == [
        side + by for side, by in zip(before, (3, 2) * 2, strict=True)
    ]
    assert measured(page) == pytest.approx(as_shown(page), abs=6e-4)
    assert page.get_by_role("combobox", name="boxes").input_value() == ""


def test_the_mouse_pulls_a_corner(page):
    before, unit = box(page, "B"), scale(page)
    drag(page, middle(page, "[data-box=B] [data-corner='11']"), (4 * unit, -5 * unit))
    assert box(page, "B") == [*before[:2], before[2] + 4, before[3] - 5]


def test_a_box_stays_on_the_board_and_keeps_a_size(page):
    unit = scale(page)
    x, y = middle(page, "[data-box=A] [data-part=box]")
    drag(page, (x - 8 * unit, y), (-50 * unit, -50 * unit))
    assert box(page, "A")[:2] == [0, 0]
    drag(
        page, middle(page, "[data-box=A] [data-corner='11']"), (-50 * unit, -50 * unit)
    )
    assert box(page, "A") == [0, 0, 2, 2]


def test_keys_move_and_resize(page):
    before = box(page, "A")
    page.locator("[data-box=A][tabindex]").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    assert box(page, "A") == [side + 1 for side in before]
    page.keyboard.press("Shift+ArrowLeft")
    assert box(page, "A") == [before[0] + 1, before[1] + 1, before[2], before[3] + 1]
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowLeft")
    assert box(page, "B")[0] == 19


def test_a_finger_moves_a_box(visit):
    page = visit(**PHONE)
    before, unit = box(page, "A"), scale(page)
    x, y = middle(page, "[data-box=A] [data-part=box]")
    session = page.context.new_cdp_session(page)
    start = {"x": x - 8 * unit, "y": y}
    for kind, by in (("touchStart", 0), ("touchMove", 2), ("touchMove", 4)):
        point = {"x": start["x"] + by * unit, "y": y}
        session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [point]})
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert box(page, "A")[0] == before[0] + 4


@pytest.mark.parametrize("width", [320, 390])
def test_phone_never_scrolls_sideways(visit, width):
    page = visit(**PHONE | {"viewport": {"width": width, "height": 844}})
    assert page.evaluate("document.documentElement.scrollWidth") == width
