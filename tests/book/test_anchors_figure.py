"""The anchors figure: its arithmetic equals the package's, by mouse and keyboard and on a phone."""

import json

import pytest
import torch

from dlcourse.detection.anchors import (
    base_anchors,
    grid_anchors,
    match,
    match_best,
    match_one,
    responsible,
)
from dlcourse.detection.boxes import box_iou

pytestmark = pytest.mark.browser

# A GIF of one grey pixel.
PIXEL = (
    "data:image/gif;base64,R0lGODlhAQABAIAAAJmZmQAAACH5BAAAAAAALAAAAAABAAEAAAICRAEAOw=="
)
SCENES = {
    "two": {
        "src": PIXEL,
        "size": 96,
        "boxes": [[10, 10, 40, 34], [52, 48, 64, 90]],
        "names": ["coin", "rocket"],
    },
    "one": {"src": PIXEL, "size": 96, "boxes": [[30, 30, 70, 80]], "names": ["cat"]},
}
FIGURE = f"""
<script type="application/json" id="anchors">{json.dumps(SCENES)}</script>

:::{{playable}} anchors
:alt: Anchors on a scene.

The still picture.

The caption.
:::
"""


def drawn_vector(seed: int) -> dict:
    """Draw boxes, shapes, a grid and thresholds."""
    source = torch.Generator().manual_seed(seed)
    first = torch.rand(1 + seed % 4, 2, generator=source, dtype=torch.float64) * 50
    sides = 3 + torch.rand(first.shape, generator=source, dtype=torch.float64) * 40
    boxes = torch.cat([first, first + sides], dim=1)
    if seed % 3 == 0:
        boxes = boxes.round()
    step = (8, 16, 32)[seed % 3]
    low, high = torch.rand(2, generator=source).sort().values.tolist()
    return {
        "boxes": boxes.tolist(),
        "scales": [16.0, 31.5][: 1 + seed % 2],
        "ratios": [0.5, 1.0, 2.0][: 1 + seed % 3],
        "stride": step,
        "grid": [96 // step] * 2,
        "low": low,
        "high": high,
    }


def computed(vector: dict) -> dict:
    """What the package says of a vector, in double precision."""
    base = base_anchors(vector["scales"], vector["ratios"], torch.float64)
    boxes = torch.tensor(vector["boxes"], dtype=torch.float64)
    anchors = grid_anchors(vector["grid"], vector["stride"], base)
    table = box_iou(boxes, anchors)
    high, low = vector["high"], vector["low"]
    shapes = base[:, 2:] - base[:, :2]
    best = responsible(boxes, shapes, vector["grid"], vector["stride"])
    return {
        "table": table,
        "plain": match(table, high, low),
        "faster": match(table, high, low, allow_low_quality=True),
        "ssd": match_best(table, high),
        "yolo": match_one(table, best, high),
    }


def test_arithmetic_equals_the_package(page):
    vectors = [drawn_vector(seed) for seed in range(100)]
    answers = page.evaluate(
        """async (vectors) => {
            const m = await import("dlcourse/matcher");
            return vectors.map(({ boxes, scales, ratios, stride, grid, low, high }) => {
                const base = m.baseAnchors(scales, ratios);
                const table = m.overlaps(boxes, m.gridAnchors(grid, stride, base));
                const best = m.responsible(boxes, base, grid, stride);
                return {
                    table,
                    plain: m.match(table, high, low),
                    faster: m.match(table, high, low, true),
                    ssd: m.matchBest(table, high),
                    yolo: m.matchOne(table, best, high),
                };
            });
        }""",
        vectors,
    )
    for vector, answer in zip(vectors, answers, strict=True):
        for name, wanted in computed(vector).items():
            got = torch.tensor(answer[name], dtype=wanted.dtype)
            torch.testing.assert_close(got, wanted, atol=1e-12, rtol=0)


def slide(page, name: str, value: int) -> None:
    page.get_by_role("slider", name=name, exact=True).fill(str(value))


def pick(page, rule: str) -> None:
    page.get_by_role("radiogroup", name="rule").get_by_text(rule, exact=True).click()


def said(page) -> str:
    return page.locator(".anchors-tally").inner_text()


def expected(rule: str, stride: int, scale: float, high: float, low: float) -> str:
    boxes = SCENES["two"]["boxes"]
    vector = {
        "boxes": boxes,
        "scales": [float(scale)],
        "ratios": [0.5, 1.0, 2.0],
        "stride": stride,
        "grid": [96 // stride] * 2,
        "high": high,
        "low": low,
    }
    answer = computed(vector)[rule]
    positive, ignored = int((answer >= 0).sum()), int((answer == -2).sum())
    rest = len(answer) - positive - ignored
    return (
        f"{len(answer)} anchors: {positive} positive, {ignored} ignored, "
        f"{rest} background"
    )


def test_what_is_told_is_what_the_package_answers(page):
    names = {"faster": "Faster R-CNN", "plain": "threshold only", "ssd": "SSD"}
    for rule, name in (names | {"yolo": "YOLO"}).items():
        pick(page, name)
        for scale in (16, 24, 40):
            slide(page, "scale, pixels", scale)
            assert said(page) == expected(rule, 16, scale, 0.5, 0.3)
    assert page.heard == []


def test_an_object_without_an_anchor_is_told(page):
    pick(page, "threshold only")
    slide(page, "high, %", 90)
    rows = page.locator(".anchors-objects tbody tr")
    assert rows.nth(1).inner_text().split()[-1] == "none"
    pick(page, "SSD")
    assert rows.nth(1).inner_text().split()[-1] == "1"
    low = page.get_by_role("slider", name="low, %")
    assert low.is_hidden()


def test_positive_anchors_are_drawn_and_one_object_may_be_looked_at(page):
    positive = page.locator("[data-layer=positive] rect")
    told = int(said(page).split()[2])
    assert positive.count() == told
    shown = page.get_by_label("show")
    assert shown.input_value() == "all objects"
    shown.select_option("coin")
    mine = page.locator("[data-layer=positive] rect[data-truth='0']")
    assert positive.count() == mine.count() < told
    assert page.locator("[data-layer=truths] rect").count() == 1


def test_another_scene_brings_its_own_objects(page):
    page.locator(".playable-choice select").first.select_option("one")
    assert page.locator(".anchors-objects tbody tr").count() == 1
    page.get_by_label("stride, pixels").select_option("32")
    assert said(page).startswith("27 anchors")


def test_by_keyboard(page):
    page.get_by_role("slider", name="scale, pixels").focus()
    page.keyboard.press("ArrowRight")
    assert said(page) == expected("faster", 16, 25, 0.5, 0.3)
    page.locator("input[type=radio]:checked").focus()
    page.keyboard.press("ArrowRight")
    assert said(page) == expected("ssd", 16, 25, 0.5, 0.3)


@pytest.mark.parametrize("width", [320, 390])
def test_phone_never_scrolls_sideways(path, open_page, width):
    page = open_page(path, viewport={"width": width, "height": 844}, is_mobile=True)
    page.wait_for_selector(".playable-live")
    assert page.evaluate("document.documentElement.scrollWidth") == width
