"""The walk: its numbers equal the package's, by mouse, by keyboard and on a small screen."""

import json

import pytest
import torch

from dlcourse.models.anatomy import totals, walk
from dlcourse.models.anatomy.walk import drawn
from dlcourse.models.lenet import LeNet5
from dlcourse.nn.padding import ReceptiveField
from dlcourse.training import fixed_seed

pytestmark = pytest.mark.browser

IMAGE = torch.rand(1, 1, 32, 32, generator=torch.Generator().manual_seed(0))

FIGURE = """
<script type="application/json" id="walk">{}</script>

:::{{playable}} walk
:alt: Layers to walk through.

The still picture.

The caption.
:::
"""


def network(channels: int) -> torch.nn.Module:
    with fixed_seed(0):
        return LeNet5(in_channels=channels)


def told() -> dict:
    """Two networks as a page would give them."""
    picture = drawn(IMAGE[0, 0], 32) | {"side": 32}
    colour = IMAGE.expand(1, 3, 32, 32)
    return {
        "grey": {"image": picture, "steps": walk(network(1), IMAGE)},
        "colour": {"image": picture, "steps": walk(network(3), colour, maps=2)},
    }


@pytest.fixture(scope="module")
def path(tmp_path_factory, small_book):
    text = FIGURE.format(json.dumps(told()))
    target, _ = small_book(tmp_path_factory.mktemp("figure"), index=text)
    return target / "index.html"


@pytest.fixture
def visit(path, open_page):
    def visit(**context):
        context = {"viewport": {"width": 1280, "height": 1000}} | context
        page = open_page(path, **context)
        page.wait_for_selector(".playable-live")
        return page

    return visit


@pytest.fixture
def page(visit):
    return visit()


def fact(page, name: str) -> str:
    return page.locator(f"[data-fact='{name}']").inner_text()


def bars(page):
    return page.locator(".walk-skyline button")


def test_fields_and_sums_equal_the_package(page):
    fields = [[5, 1, 0], [6, 2, -1], [195, 32, -66], [3, 4, 7]]
    shapes = [[6, 28, 28], [6, 14, 15], [256, 6, 6], [10]]
    steps = told()["grey"]["steps"]
    asked = [{"field": f, "shape": s} for f, s in zip(fields, shapes, strict=True)]
    answers, whole, sums = page.evaluate(
        """async ([asked, steps]) => {
            const { seen, soFar } = await import("dlcourse/steps");
            return [asked.map(seen), seen({ field: null, shape: [3] }) === undefined,
                soFar(steps, steps.length - 1)];
        }""",
        [asked, steps],
    )
    for (size, jump, start), shape, answer in zip(fields, shapes, answers, strict=True):
        middle = shape[1] // 2 if len(shape) == 3 else 0
        cells = ReceptiveField(size, jump, start).cells(middle)
        assert answer == [cells[0], cells[-1]]
    assert whole
    assert tuple(sums) == totals(network(1), IMAGE)[:2]


def test_each_layer_says_what_the_table_says(page):
    steps = told()["grey"]["steps"]
    assert bars(page).count() == len(steps) == 7
    for place, step in enumerate(steps):
        bars(page).nth(place).click()
        assert fact(page, "layer") == f"{step['name']}, {step['kind']}"
        assert fact(page, "shape") == "×".join(map(str, step["shape"]))
        assert fact(page, "parameters").startswith(f"{step['parameters']:,} (")
        assert fact(page, "multiply-adds").startswith(f"{step['multiplyAdds']:,} (")
        sees = step["field"]
        expected = f"{sees[0]}×{sees[0]} pixels" if sees else "the whole image"
        assert fact(page, "each number sees") == expected
    assert "100 %" in fact(page, "parameters")
    assert not page.heard


def test_the_maps_are_those_of_the_package(page):
    drawn_maps = told()["grey"]["steps"][0]["maps"]
    canvases = page.locator(".walk-maps canvas")
    assert canvases.count() == len(drawn_maps) == 4
    for place, one in enumerate(drawn_maps):
        greys = canvases.nth(place).evaluate(
            """(canvas) => Array.from(canvas.getContext("2d")
                .getImageData(0, 0, canvas.width, canvas.height).data)
                .filter((_, at) => at % 4 === 0)"""
        )
        assert greys == [17 * int(cell, 16) for cell in one["cells"]]
        assert canvases.nth(place).get_attribute("aria-label") == (
            f"channel {one['channel']} of conv1"
        )


def test_the_frame_shows_what_is_seen(page):
    step = told()["grey"]["steps"][0]
    size, jump, start = step["field"]
    cells = ReceptiveField(size, jump, start).cells(step["shape"][1] // 2)
    frame = page.locator(".walk-frame")
    left, width = (
        float(frame.evaluate(f"(e) => parseFloat(e.style.{name})"))
        for name in ("left", "width")
    )
    assert (left, width) == (100 * cells[0] / 32, 100 * len(cells) / 32)
    bars(page).last.click()
    assert frame.evaluate("(e) => [e.style.left, e.style.width]") == ["0%", "100%"]


def test_another_network_begins_at_its_first_layer(page):
    bars(page).nth(3).click()
    page.locator(".playable-choice select").select_option("colour")
    assert fact(page, "layer") == "conv1, Conv2d"
    assert fact(page, "parameters").startswith("456 (")
    assert page.locator(".walk-maps canvas").count() == 2


def test_by_keyboard(page):
    bars(page).first.focus()
    for _ in range(9):
        page.keyboard.press("ArrowRight")
    assert fact(page, "layer") == "dense5, Linear"  # no further than the last
    page.keyboard.press("ArrowLeft")
    assert fact(page, "layer") == "dense4, Linear"
    focused = page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert focused == "dense4: 84"


def test_the_buttons_walk(page):
    page.get_by_role("button", name="step ›").click()
    assert fact(page, "layer") == "pool1, MaxPool2d"
    page.get_by_role("button", name="‹ back").click()
    page.get_by_role("button", name="‹ back").click()
    assert fact(page, "layer") == "conv1, Conv2d"
    page.get_by_role("button", name="play").click()
    page.wait_for_function(
        "document.querySelector('[data-fact=layer]').textContent.startsWith('conv2')"
    )
    page.get_by_role("button", name="reset").click()
    assert fact(page, "layer") == "conv1, Conv2d"


def test_by_touch_on_a_small_screen(visit):
    page = visit(viewport={"width": 390, "height": 844}, has_touch=True)
    bars(page).nth(6).tap()
    assert fact(page, "layer") == "dense5, Linear"
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert not page.heard
