"""The figure of the YOLO chapter: its arithmetic equals the package's, and it answers."""

import pytest
import torch

from dlcourse.detection.yolo import cells_of, encode_cells

pytestmark = pytest.mark.browser

FIGURE = """
:::{playable} responsible
:alt: Two objects over a grid.

The still picture.

The caption.
:::
"""
BOARD = (42, 60)  # height, width


def boxes(page) -> torch.Tensor:
    """Both boxes on the board."""
    found = []
    for name in "AB":
        rect = page.locator(f"g[data-box={name}] [data-part=box]")
        x, y, w, h = (
            float(rect.get_attribute(s)) for s in ("x", "y", "width", "height")
        )
        found.append([x, y, x + w, y + h])
    return torch.tensor(found)


def rows(page) -> list[list[str]]:
    """The table, as it is written."""
    lines = page.locator(".responsible-targets tbody tr").all()
    return [line.locator("td").all_inner_texts() for line in lines]


def expected(page, side: int) -> list[list[str]]:
    """The table, as the package would write it."""
    drawn = boxes(page)
    target = encode_cells(drawn, torch.tensor([0, 1]), BOARD, (side, side), 2)
    cells = cells_of(drawn, BOARD, (side, side))
    lines = []
    for label, (row, column) in enumerate(zip(*cells[:2], strict=True)):
        _, *codes = target[row, column, :5].tolist()
        kept = target[row, column, 5 + label] == 1
        told = [f"{code:.2f}" if kept else "–" for code in codes]
        lines.append([f"{row}, {column}", *told])
    return lines


def test_the_arithmetic_equals_the_package(page):
    source = torch.Generator().manual_seed(0)
    corners = torch.randint(0, 30, (100, 3, 2), generator=source)
    drawn = torch.cat(
        [corners, corners + torch.randint(1, 30, (100, 3, 2), generator=source)], dim=-1
    )
    grids = torch.randint(1, 9, (100, 2), generator=source).tolist()
    found = page.evaluate(
        """async (cases) => {
            const { encoded } = await import("dlcourse/cells");
            return cases.map(([boxes, grid]) => encoded(boxes, [64, 60], grid));
        }""",
        [[three, grid] for three, grid in zip(drawn.tolist(), grids, strict=True)],
    )
    for three, (columns, lines), answers in zip(drawn, grids, found, strict=True):
        cells = cells_of(three.double(), (60, 64), (lines, columns))
        places = torch.stack([cells.columns, cells.rows], dim=1).tolist()
        assert [answer["cell"] for answer in answers] == places
        codes = torch.tensor([answer["codes"] for answer in answers]).double()
        torch.testing.assert_close(codes, cells.codes, rtol=1e-6, atol=1e-6)
        first = [places.index(place) for place in places]
        taken = [-1 if at == n else at for n, at in enumerate(first)]
        assert [answer["taken"] for answer in answers] == taken


def test_the_table_is_the_packages_target(page):
    slider = page.get_by_role("slider", name="S", exact=True)
    for side in (7, 1, 2, 5, 13):
        slider.fill(str(side))
        assert rows(page) == expected(page, side)
    assert page.heard == []


def test_in_one_cell_the_second_object_is_left_out(page):
    assert page.get_by_text("Each object has a cell of its own.").is_visible()
    page.get_by_role("slider", name="S", exact=True).fill("1")
    assert page.get_by_text("B is left out: its cell is A's.").is_visible()


def test_the_mouse_drags_an_object(page):
    before = boxes(page)
    frame = page.locator("[data-part=board]").bounding_box()
    unit = frame["width"] / BOARD[1]
    at = page.locator("g[data-box=B] [data-part=box]").bounding_box()
    start = at["x"] + at["width"] / 2, at["y"] + at["height"] / 2
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] - 10 * unit, start[1] - 5 * unit)
    page.mouse.move(start[0] - 20 * unit, start[1] - 11 * unit)
    page.mouse.up()
    assert (boxes(page)[1] - before[1]).tolist() == [-20, -11, -20, -11]
    assert rows(page) == expected(page, 7)


def test_keys_move_and_resize(page):
    before = boxes(page)[0]
    page.locator("g[data-box=A]").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Shift+ArrowDown")
    assert (boxes(page)[0] - before).tolist() == [1, -1, 1, 0]
    assert rows(page) == expected(page, 7)


@pytest.mark.parametrize("width", [320, 390])
def test_phone_never_scrolls_sideways(visit, width):
    page = visit(viewport={"width": width, "height": 844}, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") == width
