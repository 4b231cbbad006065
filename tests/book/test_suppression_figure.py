"""The suppression figure: its arithmetic equals the package's, and it answers slider and keys."""

import json

import pytest
import torch

from dlcourse.detection.suppression import batched_nms, nms, soft_nms

pytestmark = pytest.mark.browser

METHODS = {"hard": "NMS", "linear": "soft, linear", "gaussian": "soft, Gaussian"}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
}


def drawn(seed: int, n: int = 25) -> dict[str, torch.Tensor]:
    """Draw detections of three classes in a picture of 96 pixels, the best first."""
    source = torch.Generator().manual_seed(seed)
    corner = torch.randint(0, 60, (n, 2), generator=source)
    sides = torch.randint(8, 36, (n, 2), generator=source)
    scores = torch.rand(n, generator=source, dtype=torch.float64)
    return {
        "boxes": torch.cat([corner, corner + sides], dim=1).double(),
        "labels": torch.randint(0, 3, (n,), generator=source),
        "scores": scores.sort(descending=True).values,
    }


def as_json(found: dict[str, torch.Tensor]) -> dict:
    return {name: table.tolist() for name, table in found.items()}


PIXEL = "data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA="
FOUND = drawn(0)
SCENES = {
    name: {
        "src": PIXEL,
        "size": 96,
        "names": ["a", "b", "c"],
        "found": as_json(found),
        "truths": {
            part: table[:6]
            for part, table in as_json(found).items()
            if part != "scores"
        },
    }
    for name, found in (("one", FOUND), ("two", drawn(1)))
}
FIGURE = f"""
<script type="application/json" id="told">{json.dumps(SCENES)}</script>

:::{{playable}} suppression
:alt: A scene with boxes.
:start: {{"from": "told", "least": 5}}

The still picture.

The caption.
:::
"""


def left(page) -> int:
    return page.locator("[data-layer=left] rect").count()


def fact(page, name: str) -> str:
    return page.locator(f"[data-fact='{name}']").inner_text()


def test_suppression_equals_the_package(page):
    settings = {"threshold": 0.4, "sigma": 0.5, "together": True}
    vectors = [
        [as_json(drawn(seed)), {**settings, "method": method}]
        for seed in range(40)
        for method in METHODS
    ]
    answers = page.evaluate(
        """async (vectors) => {
            const { suppressed } = await import("dlcourse/greedy");
            return vectors.map((vector) => suppressed(...vector));
        }""",
        vectors,
    )
    for (_, told), answer, seed in zip(
        vectors, answers, [seed for seed in range(40) for _ in METHODS], strict=True
    ):
        found = drawn(seed)
        places, lowered = soft_nms(
            found["boxes"],
            found["scores"],
            told["method"],
            iou_threshold=0.4,
            score_threshold=0.0,
        )
        expected = torch.zeros(len(found["scores"]), dtype=torch.float64)
        expected[places] = lowered
        assert answer == pytest.approx(expected.tolist())


def test_the_slider_leaves_what_the_package_leaves(page):
    boxes, labels, scores = (FOUND[name] for name in ("boxes", "labels", "scores"))
    sure = (scores >= 0.05).nonzero().flatten()
    for percent in (0, 20, 50, 100):
        page.get_by_role("slider", name="IoU threshold, %").fill(str(percent))
        kept = batched_nms(boxes, scores, labels, percent / 100)
        assert left(page) == len(set(kept.tolist()) & set(sure.tolist()))
    page.get_by_role("slider", name="IoU threshold, %").fill("50")
    page.get_by_role("combobox", name="boxes of").select_option("all classes together")
    kept = nms(boxes, scores, 0.5)
    assert left(page) == len(set(kept.tolist()) & set(sure.tolist()))
    assert page.heard == []


def test_with_all_boxes_left_every_object_is_found(page):
    page.get_by_role("slider", name="IoU threshold, %").fill("100")
    assert fact(page, "objects found") == "6 of 6"
    again, wrong = int(fact(page, "found again")), int(fact(page, "on nothing"))
    assert left(page) == 6 + again + wrong


def test_soft_methods_keep_more(page):
    page.get_by_role("slider", name="IoU threshold, %").fill("10")
    hard = left(page)
    page.get_by_text("soft, linear", exact=True).click()
    assert left(page) > hard
    assert page.get_by_role("slider", name="sigma, %").is_hidden()
    page.get_by_text("soft, Gaussian", exact=True).click()
    assert page.get_by_role("slider", name="IoU threshold, %").is_hidden()
    before = left(page)
    page.get_by_role("slider", name="score at least, %").fill("60")
    assert left(page) < before


def test_keys_move_the_threshold(page):
    page.get_by_role("slider", name="IoU threshold, %").focus()
    page.keyboard.press("End")
    whole = left(page)
    page.keyboard.press("Home")
    assert left(page) < whole


@pytest.mark.parametrize("width", [320, 390])
def test_phone_never_scrolls_sideways(visit, width):
    page = visit(**PHONE | {"viewport": {"width": width, "height": 844}})
    page.get_by_role("combobox", name="scene").select_option("two")
    assert page.evaluate("document.documentElement.scrollWidth") == width
