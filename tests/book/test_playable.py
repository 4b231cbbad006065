"""Playable: what the directive puts into a page, what it refuses, and a page opened from disk."""

import json
import re
from pathlib import Path

import pytest

from dlcourse.show import palette

STATIC = Path(__file__).parents[2] / "book" / "_static"
ALT = ":alt: A kernel slides over an image.\n"
STILL = "```{code-block} text\nthe still picture\n```\n\nThe caption.\n"
FIGURE = f":::{{playable}} convolution\n{ALT}\n{STILL}:::\n"
STARTED = FIGURE.replace(ALT, ALT + ':start: {"padding": 1, "stride": 2}\n')


def contents(*pages: str) -> str:
    return "\n".join(("\n```{toctree}", *pages, "```"))


@pytest.fixture(scope="module")
def html(tmp_path_factory, small_book):
    """A page with a figure, a page without one, and a page with two."""
    folder = tmp_path_factory.mktemp("playable")
    pages = {
        "index": FIGURE + contents("plain", "two"),
        "plain": "Only text.",
        "two": FIGURE + STARTED,
    }
    target, warnings = small_book(folder, **pages)
    assert warnings == ""
    return target


def written_static(folder: Path, **modules: str) -> Path:
    """A static folder with other modules than the book's."""
    (folder / "playable").mkdir(parents=True)
    (folder / "playable.css").touch()
    (folder / "playable" / "kit.mjs").symlink_to(STATIC / "playable" / "kit.mjs")
    for name, text in modules.items():
        (folder / "playable" / f"{name}.mjs").write_text(text)
    return folder


FAULTS = {
    "unknown": (
        FIGURE.replace("convolution", "convlution"),
        'no playable figure is called "convlution"; there are: ',
    ),
    "part": (
        FIGURE.replace("convolution", "kit"),
        'no playable figure is called "kit"',
    ),
    "nameless": (FIGURE.replace(ALT, ""), 'playable "convolution" has no :alt:'),
    "empty": (FIGURE.replace(STILL, ""), 'playable "convolution" is empty'),
    "start": (
        FIGURE.replace(ALT, ALT + ":start: padding\n"),
        "Invalid option value for 'start': padding",
    ),
}


@pytest.fixture(scope="module")
def warnings(tmp_path_factory, small_book):
    """What Sphinx says of a book whose pages have one fault each."""
    pages = {page: text for page, (text, _) in FAULTS.items()}
    folder = tmp_path_factory.mktemp("faults")
    return small_book(folder, index=contents(*pages), **pages)[1]


@pytest.mark.parametrize("page", FAULTS)
def test_fault_of_a_page_is_a_warning(warnings, page):
    (said,) = [line for line in warnings.splitlines() if f"{page}.md:" in line]
    assert "WARNING: " in said
    assert FAULTS[page][1] in said


def test_missing_import_is_a_warning(tmp_path, small_book):
    text = 'import { a } from "dlcourse/nowhere";\nexport function figure() {}\n'
    static = written_static(tmp_path / "static", convolution=text)
    _, warnings = small_book(tmp_path / "book", static=static, index=FIGURE)
    assert 'playable "convolution" imports "dlcourse/nowhere"' in warnings


@pytest.mark.parametrize("builder", ["text", "latex"])
def test_other_builders_show_the_still(tmp_path, small_book, builder):
    target, warnings = small_book(tmp_path, builder, index=FIGURE)
    assert warnings == ""
    texts = [
        path.read_text() for path in target.iterdir() if path.suffix in (".txt", ".tex")
    ]
    assert any("the still picture" in text and "The caption." in text for text in texts)


def test_page_carries_the_modules_it_needs_and_no_others(html):
    text = (html / "index.html").read_text()
    (imports,) = re.findall(r'<script type="importmap">(.*?)</script>', text)
    needed = ["boards", "convolution", "equation", "grid", "kit", "presets", "windows"]
    assert list(json.loads(imports)["imports"]) == [
        f"dlcourse/{name}" for name in needed
    ]
    # A module that starts before the import map would make some browsers ignore the map.
    assert text.index("importmap") < text.index('type="module"')


def test_import_map_comes_once_and_only_where_needed(html):
    counts = {
        page: (html / f"{page}.html").read_text().count("importmap")
        for page in ("plain", "two")
    }
    assert counts == {"plain": 0, "two": 1}


def test_colours_are_those_of_the_palette():
    style = (STATIC / "playable.css").read_text()
    named = dict(re.findall(r"--playable-(\w+): (#\w+);", style))
    assert named == {name: getattr(palette, name.upper()) for name in named}
    assert re.findall(r"#[0-9a-f]{3,8}\b", style) == list(named.values())


@pytest.mark.browser
def test_live_figure_takes_the_place_of_the_still(html, open_page):
    page = open_page(html / "index.html")
    page.wait_for_selector(".playable-live")
    assert not page.get_by_text("the still picture").is_visible()
    assert page.get_by_text("The caption.").is_visible()
    assert page.get_by_role(
        "figure", name="A kernel slides over an image."
    ).is_visible()
    assert page.heard == []


@pytest.mark.browser
def test_still_is_shown_without_scripts(html, open_page):
    page = open_page(html / "index.html", java_script_enabled=False)
    assert page.get_by_text("the still picture").is_visible()
    assert page.get_by_text("The caption.").is_visible()
    assert page.locator(".playable-live").count() == 0


@pytest.mark.browser
def test_still_stays_where_the_figure_fails(tmp_path, small_book, open_page):
    text = 'export function figure() { throw new Error("broken"); }\n'
    static = written_static(tmp_path / "static", convolution=text)
    target, _ = small_book(tmp_path / "book", static=static, index=FIGURE)
    page = open_page(target / "index.html")
    assert page.get_by_text("the still picture").is_visible()
    assert page.locator(".playable-live").count() == 0
    assert any("broken" in said for said in page.heard)


@pytest.mark.browser
def test_two_figures_of_a_page_are_apart_and_start_as_told(html, open_page):
    page = open_page(html / "two.html")
    page.wait_for_selector(".playable-live >> nth=1")
    first, second = page.locator(".playable-live").all()
    second.get_by_text("convolution", exact=True).click()
    assert first.get_by_role("radio", name="cross-correlation").is_checked()
    assert second.get_by_role("radio", name="convolution", exact=True).is_checked()
    assert first.locator(".playable-title").all_inner_texts()[0] == "input 6 × 6"
    assert (
        second.locator(".playable-title").all_inner_texts()[0]
        == "input 6 × 6, padded to 8 × 8"
    )
    assert second.get_by_role("slider", name="stride").input_value() == "2"
