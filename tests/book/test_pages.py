"""Pages: what a reader's browser and a screen reader meet in the built book."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.book.axe import CONTRAST, RULES, SILENT, faults

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "_build" / "html"
OTHERS = (
    "_static",
    "genindex",
    "search",
    "index.html",
)  # made by Sphinx; index.html redirects


STILL = "* { transition: none !important; }"
"""Lets a colour change at once: halfway between two themes no text is legible."""


def built_pages() -> list[str]:
    pages = (p.relative_to(BUILT).as_posix() for p in BUILT.rglob("*.html"))
    return sorted(p for p in pages if not p.removeprefix("zh_CN/").startswith(OTHERS))


def test_the_book_is_built():
    assert (BUILT / "index.html").exists(), (
        "the book is not built; run make book, then the tests"
    )


class Images(HTMLParser):
    """Collect the images of a page that lack an alternative text."""

    def __init__(self) -> None:
        super().__init__()
        self.silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        alt = attributes.get("alt") or ""
        if tag == "img" and (len(alt) < 20 or alt.startswith(("../", "_images"))):
            self.silent.append(attributes.get("src") or "")


@pytest.mark.parametrize("page", built_pages())
def test_every_image_says_what_it_shows(page):
    images = Images()
    images.feed((BUILT / page).read_text(encoding="utf-8"))
    assert not images.silent


@pytest.mark.parametrize("page", built_pages())
def test_no_number_was_lost(page):
    """A run that diverged still builds; the numbers in the prose give it away."""
    html = (BUILT / page).read_text(encoding="utf-8")
    numbers = re.findall(r'pasted-text">(.*?)</span>', html, re.DOTALL)
    assert not [number for number in numbers if "nan" in number]


@pytest.mark.browser
@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
@pytest.mark.parametrize("page", built_pages())
def test_every_page_opens_from_disk_without_fault(open_page, page, width, theme):
    """Opened in one theme and then turned to the other, as a reader does at dusk."""
    viewport = {"width": width, "height": 900}
    tab = open_page(BUILT / page, viewport=viewport, color_scheme=theme)
    tab.evaluate("window.MathJax?.startup?.promise")  # until the formulas are set
    tab.add_style_tag(content=STILL)
    other = {"light": "dark", "dark": "light"}[theme]
    for scheme in (theme, other):
        tab.emulate_media(color_scheme=scheme)
        shown = "document.documentElement.dataset.theme"
        tab.wait_for_function(f"{shown} === '{scheme}'")
        unseen = "[...document.images].filter(i => !i.naturalWidth).map(i => i.src)"
        beyond = "document.documentElement.scrollWidth - window.innerWidth"
        assert not tab.heard
        assert not tab.evaluate(unseen)
        assert not tab.evaluate(SILENT)
        assert tab.evaluate(beyond) <= 0
        if width > 1000:  # rules but contrast are the same in both themes
            assert not faults(tab, RULES if scheme == theme else CONTRAST)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [
        c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_palette_reads_on_both_backgrounds():
    from dlcourse.show import palette

    for colour in (*palette.CYCLE, palette.INK):
        for background in palette.BACKGROUNDS.values():
            low, high = sorted((luminance(colour), luminance(background)))
            assert (high + 0.05) / (low + 0.05) >= 3, (colour, background)


def test_the_page_backgrounds_are_those_the_palette_was_made_for():
    from dlcourse.show.palette import BACKGROUNDS

    css = (ROOT / "book" / "_static" / "dlcourse.css").read_text()
    found = dict(
        re.findall(r'data-theme="(\w+)"\] \{ --pst-color-background: (#\w+);', css)
    )
    assert found == BACKGROUNDS
