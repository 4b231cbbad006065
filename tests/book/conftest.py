"""A browser for the tests of built pages, and small books to open in it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import sync_playwright

from tests.book.chromium import CHROMIUM, QUIET

BOOK = Path(__file__).parents[2] / "book"
LOCAL = re.compile("(file|data|blob|about):")

# Not for the session: a running Playwright keeps other tests from starting an event loop.


@pytest.fixture(scope="module")
def browser():
    """Chromium without a window, closed after the module."""
    if CHROMIUM is None:
        pytest.skip("no Chromium: install it, or name its path in DLCOURSE_CHROMIUM")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()


@pytest.fixture
def open_page(browser):
    """Open a page from disk in a context of its own: ``open_page(path, has_touch=True)``.

    ``page.heard`` lists its errors and every request that left this machine.
    """
    contexts = []

    def open_it(path: Path, **context):
        contexts.append(browser.new_context(**context))
        page = contexts[-1].new_page()
        page.set_default_timeout(10_000)
        page.heard = []
        page.on("pageerror", lambda error: page.heard.append(str(error)))
        page.on(
            "console",
            lambda said: said.type == "error" and page.heard.append(said.text),
        )
        page.on(
            "request", lambda sent: LOCAL.match(sent.url) or page.heard.append(sent.url)
        )
        page.goto(path.as_uri())
        return page

    yield open_it
    for context in contexts:
        context.close()


CONF = f"""
import sys
sys.path.insert(0, {str(BOOK / "_extensions")!r})
extensions = ["myst_parser", "playable"]
myst_enable_extensions = ["colon_fence"]
html_theme = "sphinx_book_theme"
html_static_path = ["_static"]
html_context = {{"default_mode": "auto"}}
"""


def build(
    source: Path, builder: str = "html", static: Path = BOOK / "_static", **pages: str
) -> tuple[Path, str]:
    """Build a small book of the given pages; answer where it is and what Sphinx warned of."""
    source.mkdir(exist_ok=True)
    (source / "conf.py").write_text(CONF)
    (source / "_static").symlink_to(static)
    for name, text in pages.items():
        (source / f"{name}.md").write_text(f"# {name}\n\n{text}\n")
    target = source / "_build" / builder
    command = [sys.executable, "-m", "sphinx", "-q", "-b", builder, source, target]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return target, done.stderr


@pytest.fixture(scope="session")
def small_book():
    """Build a small book: ``small_book(folder, index="text of the page")``."""
    return build


# What a test of a figure needs: its module says in FIGURE what the page holds.


@pytest.fixture(scope="module")
def path(request, tmp_path_factory, small_book):
    """Build a page of the module's FIGURE."""
    folder = tmp_path_factory.mktemp("figure")
    target, warnings = small_book(folder, index=request.module.FIGURE)
    assert warnings == ""
    return target / "index.html"


@pytest.fixture
def visit(path, open_page):
    """Open the figure and wait until it is live: ``visit(has_touch=True)``."""

    def visit_it(**context):
        page = open_page(path, **context)
        page.wait_for_selector(".playable-live")
        return page

    return visit_it


@pytest.fixture
def page(visit):
    """Open the figure on a desktop."""
    return visit(viewport={"width": 1280, "height": 1000})
