"""The RoI figure: its arithmetic equals the package's, by mouse and keyboard and on a phone."""

import pytest
import torch

from dlcourse.detection.roi import roi_align, roi_pool

pytestmark = pytest.mark.browser

FIGURE = """
:::{playable} roi
:alt: A box on a map of numbers.

The still picture.

The caption.
:::
"""
FLOAT64 = {"dtype": torch.float64}


def drawn_vector(seed: int) -> dict:
    """Draw a map, and a box on it or across its border, often at halves."""
    source = torch.Generator().manual_seed(seed)
    sides = torch.randint(4, 9, (2,), generator=source).tolist()
    map_ = (3 * torch.randn(*sides, generator=source, **FLOAT64)).round()
    start = torch.rand(2, generator=source, **FLOAT64) * 5 - 1
    length = 0.5 + torch.rand(2, generator=source, **FLOAT64) * 5
    box = torch.cat([start, start + length])
    if seed % 2:
        box = (2 * box).round() / 2
    bins = int(torch.randint(1, 5, (1,), generator=source))
    return {"map": map_.tolist(), "box": box.tolist(), "bins": bins}


def test_arithmetic_equals_the_package(page):
    vectors = [drawn_vector(seed) for seed in range(100)]
    answers = page.evaluate(
        """async (vectors) => {
            const { aligned, pooled } = await import("dlcourse/regions");
            const values = (rows) => rows.map((row) => row.map(({ value }) => value));
            return vectors.map(({ map, box, bins }) => [
                pooled(map, box, bins), aligned(map, box, bins), aligned(map, box, bins, 0),
            ].map(values));
        }""",
        vectors,
    )
    for vector, answer in zip(vectors, answers, strict=True):
        x = torch.tensor(vector["map"], **FLOAT64)[None, None]
        box, bins = [torch.tensor([vector["box"]], **FLOAT64)], vector["bins"]
        wanted = [roi_pool(x, box, bins), roi_align(x, box, bins, 1.0, 2, True)]
        got = [torch.tensor(rows, **FLOAT64) for rows in answer]
        torch.testing.assert_close(got[:2], [y[0, 0] for y in wanted])
        if (
            box[0][0, 2:] - box[0][0, :2]
        ).min() >= 1:  # below, theirs grows it to a cell
            legacy = roi_align(x, box, bins, 1.0, 2, False)
            torch.testing.assert_close(got[2], legacy[0, 0])


def values(page) -> list[float]:
    """The numbers of the bins, as the reader sees them."""
    cells = page.get_by_role("grid", name="bins").get_by_role("gridcell")
    return [float(text.replace("−", "-")) for text in cells.all_inner_texts()]


def said(page) -> str:
    return page.locator(".playable-size").inner_text()


def box(page):
    return page.get_by_role("group", name="box")


def test_what_is_shown_is_what_the_package_answers(page):
    assert values(page) == [9, 5, 5, 4]
    assert said(page).endswith("read as the cells 1 to 5 and 1 to 4.")
    page.get_by_role("combobox", name="map").select_option("column numbers")
    assert values(page) == [3, 5, 3, 5]
    page.get_by_text("RoIAlign", exact=True).click()
    x = torch.arange(8.0).expand(1, 1, 6, 8)
    wanted = roi_align(x, [torch.tensor([[0.7, 0.7, 5.3, 4.2]])], 2, 1.0, 2, True)
    assert values(page) == pytest.approx(wanted.flatten().tolist(), abs=0.006)
    page.get_by_role("slider", name="output_size").fill("3")
    assert len(values(page)) == 9
    assert page.heard == []


def test_arrow_keys_move_the_box_and_with_shift_its_corner(page):
    box(page).focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    assert said(page).startswith("Columns 0.8 to 5.4, rows 0.6 to 4.1")
    page.keyboard.press("Shift+ArrowLeft")
    assert said(page).startswith("Columns 0.8 to 5.3, rows 0.6 to 4.1")


def test_pooling_waits_for_the_next_cell_and_align_does_not(page):
    page.get_by_role("combobox", name="map").select_option("column numbers")
    box(page).focus()
    page.keyboard.press("ArrowRight")
    assert values(page) == [3, 5, 3, 5]
    page.get_by_text("RoIAlign", exact=True).click()
    before = values(page)
    box(page).focus()
    page.keyboard.press("ArrowRight")
    assert values(page) == pytest.approx([v + 0.1 for v in before], abs=0.011)


def test_the_mouse_drags_the_box_but_not_off_the_map(page):
    frame = page.locator("[data-part=frame]").bounding_box()
    x, y = frame["x"] + frame["width"] / 2, frame["y"] + frame["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x + 2000, y, steps=4)
    page.mouse.up()
    assert said(page).startswith("Columns 3.9 to 8.5, rows 0.7 to 4.2")


@pytest.mark.parametrize("width", [320, 390])
def test_phone_never_scrolls_sideways(path, open_page, width):
    page = open_page(path, viewport={"width": width, "height": 844}, is_mobile=True)
    page.wait_for_selector(".playable-live")
    page.get_by_role("slider", name="output_size").fill("4")
    assert page.evaluate("document.documentElement.scrollWidth") == width
