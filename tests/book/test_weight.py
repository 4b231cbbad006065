"""Weight: what a page asks of a reader's line, without its figures.

What a page loads beyond the scripts and styles that it names, fonts and parts of MathJax, is seen
once, on a page that has everything; MathJax's parts count where a page names it.
"""

import gzip
import re
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from tests.book.test_pages import BUILT, built_pages

SENT = 1_500_000
"""Most bytes of a page as a server sends them, its text and scripts compressed by gzip."""

UNPACKED = 2_500_000
"""Most bytes of a page as they lie on the disk."""

FIGURES = {".png", ".svg", ".jpg", ".jpeg"}
PACKED = {".woff", ".woff2"}
LINKED = re.compile(r'<(?:script[^>]* src|link[^>]* href)="([^"?]+\.(?:js|css))')


def sent(path: Path) -> int:
    raw = path.read_bytes()
    return len(raw) if path.suffix in PACKED else len(gzip.compress(raw))


@cache
def linked(page: str) -> set[Path]:
    """Scripts and styles that a page names."""
    path = BUILT / page
    names = LINKED.findall(path.read_text(encoding="utf-8"))
    return {(path.parent / name).resolve() for name in names}


@pytest.fixture(scope="module")
def fetched(browser) -> set[Path]:
    """Files that a page with formulas loads besides what it names, itself and its figures."""
    page = browser.new_page()
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto((BUILT / "nn" / "pooling.html").as_uri())
    page.evaluate("window.MathJax.startup.promise")
    page.close()
    paths = {
        Path(unquote(urlsplit(url).path)) for url in asked if url.startswith("file:")
    }
    own = {p for p in paths if p.suffix not in {*FIGURES, ".html"}}
    return own - linked("nn/pooling.html")


def sets_formulas(paths: set[Path]) -> bool:
    return any("mathjax" in path.parts for path in paths)


@pytest.mark.browser
@pytest.mark.parametrize("page", built_pages())
def test_a_page_is_light(fetched, page):
    loaded = {BUILT / page, *linked(page)}
    formulas = sets_formulas(loaded)
    loaded |= {path for path in fetched if formulas or not sets_formulas({path})}
    assert sum(map(sent, loaded)) < SENT
    assert sum(path.stat().st_size for path in loaded) < UNPACKED


def test_a_page_without_formulas_loads_nothing_to_set_them():
    assert not sets_formulas(linked("intro.html"))
    assert sets_formulas(linked("nn/pooling.html"))


@pytest.mark.parametrize("name", ["fontawesome.js", "searchindex.js"])
def test_no_page_loads_what_it_does_not_use(name):
    assert not [p for p in built_pages() if name in {f.name for f in linked(p)}]
