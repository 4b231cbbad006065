"""Reference: the pages that gather errata, terms and sections of the notes from the chapters."""

import re
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from notes import rows
from terms import CHINESE

from tests.test_layout import CHAPTERS

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "_build" / "html"

PLANNED = {
    *("attention/channel", "attention/mixed", "attention/spatial"),
    *("attention/transformer", "compression/deployment", "compression/methods"),
    *("detection/cascade", "detection/dssd", "detection/hierarchy"),
    *("detection/rfcn", "detection/yolo-modern", "faces/deepid", "faces/mtcnn"),
    *("generation/gan", "generation/translation", "generation/wasserstein"),
    *("models/compact", "models/inception-residual", "retrieval/deephash"),
    *("retrieval/hashing", "segmentation/context", "segmentation/decoders"),
    *("segmentation/deeplab", "segmentation/instances", "sequence/captioning"),
    *("sequence/recurrent",),
}
"""Pages that sections of the notes will have; the map says of them: to come."""


class Links(HTMLParser):
    """Collect the ids of a page, and where its links lead."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: set[str] = set()
        self.targets: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.ids |= {v for k in ("id", "name") if (v := attributes.get(k))}
        if tag == "a" and attributes.get("href"):
            self.targets.add(attributes["href"])


@cache
def links(page: Path) -> Links:
    found = Links()
    found.feed(page.read_text(encoding="utf-8"))
    return found


def text(page: str) -> str:
    return (BUILT / f"{page}.html").read_text(encoding="utf-8")


def dead(page: Path) -> list[str]:
    """Links to files or anchors that the built book does not have."""
    lost = []
    for target in links(page).targets:
        parts = urlsplit(target)
        if parts.scheme:
            continue
        there = (page.parent / unquote(parts.path)).resolve() if parts.path else page
        if not there.exists():
            lost.append(target)
        elif parts.fragment and there.suffix == ".html":
            lost += [target] * (unquote(parts.fragment) not in links(there).ids)
    return lost


PAGES = sorted(p.relative_to(BUILT).as_posix() for p in BUILT.rglob("*.html"))


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_somewhere(page):
    assert not dead(BUILT / page)


def test_a_dead_link_would_be_found(tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        '<a href="#no">1</a> <a href="gone.html">2</a> <a href="#id" id="id">'
    )
    assert sorted(dead(page)) == ["#no", "gone.html"]


def test_all_errata_are_gathered():
    said = sum(
        (ROOT / "book" / f"{page}.md").read_text().count(":class: errata")
        for page in CHAPTERS
    )
    assert text("errata").count('class="errata') == said > 60


@pytest.mark.browser
def test_formulas_of_gathered_errata_are_set(open_page):
    page = open_page(BUILT / "errata.html")
    page.wait_for_selector("mjx-container")
    assert r"\(" not in page.inner_text("article")


def test_every_definition_is_in_the_glossary():
    """Bold, and Chinese in brackets after it: that is a definition."""
    bold = re.compile(r"\*\*[^*]+\*\*\s*\(([^){]*)")
    defined = {
        word.strip()
        for page in CHAPTERS
        for said in bold.findall((ROOT / "book" / f"{page}.md").read_text())
        for word in said.split(",")
        if CHINESE.search(word)
    }
    assert len(defined) > 120
    assert not [word for word in defined if word not in text("glossary")]


def test_a_term_leads_to_its_definition():
    assert 'href="nn/padding.html#term-padding">' in text("glossary")
    assert "term-padding" in links(BUILT / "nn" / "padding.html").ids


def test_every_section_of_the_notes_has_its_page_or_will_have():
    pages = {row.page for row in rows()} - {""}
    assert pages - set(CHAPTERS) == PLANNED
    assert not set(CHAPTERS) - pages


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.notes} {row.section}")
def test_a_written_page_is_named_with_its_section(row):
    assert bool(row.anchor) == (row.page in CHAPTERS)


def test_every_public_name_is_listed_with_its_page_source_and_tests():
    page = text("functions")
    for name, where in (("conv2d", "nn/convolution"), ("nms", "detection/suppression")):
        row = re.search(rf"<tr[^>]*>(?:(?!</tr>).)*>{name}<.*?</tr>", page, re.DOTALL)
        assert f'href="{where}.html"' in row[0]
        assert row[0].count('href="_downloads/') == 2


def test_the_status_page_lists_every_chapter():
    page = text("status")
    assert not [chapter for chapter in CHAPTERS if f'href="{chapter}.html"' not in page]
