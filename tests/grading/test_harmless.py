"""Harmless: what a reader's browser gets of a student's text."""

import base64
import io

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_raw_cell
from PIL import Image

from dlcourse.grading.harmless import Harmless, is_harmless

BAD = [
    "<script>alert(1)</script>",
    "text <ScRiPt src=//x>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<iframe src='https://example.org'></iframe>",
    "<p style='position: fixed'>over all</p>",
    "[x](javascript:alert(1))",
    "[x](&#106;avascript:alert(1))",
    "[x](<java&Tab;script:alert(1)>)",
    "![not there](attachment:a.png)",
    "<a href='data:text/html,x'>x</a>",
    "<!-- --!><script>alert(1)</script> -->",
    "<form action=x><input></form>",
]
GOOD = [
    "a < b and c > d, $x<y$, `<script>`",
    "**bold** and <u>under</u>, [a link](https://example.org), [here](#top), [file](a.png)",
    "```html\n<script>\n```",
    "| a | b |\n|---|---|\n| 1 | 2 |",
    "<details><summary>why</summary>because</details>",
]


def clean(cell):
    nb = new_notebook(cells=[cell])
    Harmless().preprocess(nb, {})
    return nb.cells[0]


@pytest.mark.parametrize("source", BAD)
def test_what_acts_is_shown_as_its_source(source):
    assert not is_harmless(source)
    cell = clean(new_markdown_cell(source))
    assert source in cell.source
    assert is_harmless(cell.source)


@pytest.mark.parametrize("source", GOOD)
def test_plain_text_stays_as_it_is(source):
    assert clean(new_markdown_cell(source)).source == source


def test_a_fence_inside_does_not_end_the_fence_around():
    source = "```\n````\n<script>alert(1)</script>"
    assert is_harmless(clean(new_markdown_cell(source)).source)


def test_raw_cells_are_text():
    cell = clean(new_raw_cell("<script>alert(1)</script>"))
    assert cell.cell_type == "markdown"
    assert is_harmless(cell.source)


def test_of_metadata_nbgraders_alone_are_kept():
    mark = {"grade_id": "a", "locked": True}
    cell = clean(
        new_code_cell("x", metadata={"nbgrader": mark, "tags": ['"><script>']})
    )
    assert cell.metadata == {"nbgrader": mark}


def png(width: int, height: int) -> str:
    """A picture of one colour, which packs to very little."""
    file = io.BytesIO()
    Image.new("1", (width, height)).save(file, "PNG")
    return base64.b64encode(file.getvalue()).decode()


def test_attachments_are_pictures():
    cell = new_markdown_cell("![](attachment:a.png)")
    picture = {"image/png": png(3, 2)}
    cell.attachments = {
        "a.png": picture,
        "b.png": {"image/png": '"><script>'},
        "c.svg": {"image/svg+xml": "PHN2Zz4="},
        "d.zip": {"application/zip": "UEs="},
        "e.png": {"image/png": base64.b64encode(b"no picture").decode()},
        "f.png": {"image/jpeg": "iVBO"},
    }
    cell = clean(cell)
    assert cell.attachments == {"a.png": picture}
    assert cell.source == "![](attachment:a.png)"


@pytest.mark.parametrize("side", [6_000, 12_000, 15_000])
def test_a_picture_that_unfolds_to_too_much_is_left_out(side):
    bomb = png(side, side)
    assert len(bomb) < 100_000
    cell = new_markdown_cell("![](attachment:a.png)")
    cell.attachments = {"a.png": {"image/png": bomb}}
    cell = clean(cell)
    assert not cell.attachments
    assert cell.source.startswith("```text")
