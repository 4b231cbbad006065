"""Translations: which pages stand in Chinese, how complete they are, and a link between the two.

    :::{translations}
    :::

A page is translated if it has a catalogue, ``locale/zh_CN/LC_MESSAGES/<page>.po``. An English
paragraph that changes is missing there, or marked fuzzy by ``make catalogues``; the Chinese page
then shows it in English, and the table says that the page is stale. Nothing fails.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from babel.messages import Catalog
from babel.messages.pofile import read_po
from chapters import FillPlaces, LeavePlace, in_order, table
from docutils import nodes
from scripts import add_script
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from translatable import messages

logger = logging.getLogger(__name__)

LANGUAGE = "zh_CN"
"""What the other edition is in, and its folder in the built book."""

CATALOGUES = Path(__file__).parents[1] / "locale" / LANGUAGE / "LC_MESSAGES"


HEADER = {
    "project": "dlcourse",
    "version": "",
    "msgid_bugs_address": "",
    "last_translator": "",
    "language_team": "",
}
"""What a new catalogue says of itself: history keeps the rest."""


class Coverage(NamedTuple):
    """How much of a page is translated."""

    page: str
    messages: int
    fuzzy: int
    missing: int

    @property
    def state(self) -> str:
        """Say it in a word."""
        if self.missing == self.messages and not self.fuzzy:
            return "missing"
        return "stale" if self.fuzzy or self.missing else "translated"


def catalogue_path(page: str) -> Path:
    """Say where the catalogue of a page stands, if it has one."""
    return CATALOGUES / f"{page}.po"


def read(page: str) -> Catalog:
    """Read the catalogue of a page; an empty one if it is not translated."""
    path, title = catalogue_path(page), f"# The Chinese of {page}."
    if not path.exists():
        return Catalog(LANGUAGE, header_comment=title, fuzzy=False, **HEADER)
    with path.open(encoding="utf-8") as file:
        return read_po(file, LANGUAGE)


def coverage(env: BuildEnvironment, page: str) -> Coverage:
    """Compare what a page says today with its catalogue."""
    catalogue, said = read(page), messages(env, page)
    entries = [catalogue.get(message) for message in said]
    fuzzy = sum(entry is not None and entry.fuzzy for entry in entries)
    missing = sum(entry is None or not entry.string for entry in entries)
    return Coverage(page, len(said), fuzzy, missing)


class FillTranslations(FillPlaces):
    """Make the table."""

    kind = "translations"

    def made(self, of: str) -> Iterator[nodes.Node]:
        """Make one row for each page, in the order of the book."""
        rows = [self.row(coverage(self.env, page)) for page in in_order(self.env)]
        yield table(("Page", "In Chinese", "Texts", "Missing", "Changed"), rows)

    def row(self, page: Coverage) -> list[nodes.paragraph]:
        """Name one page."""
        title = self.env.titles[page.page].astext()
        counts = (page.messages, page.missing, page.fuzzy)
        return [
            nodes.paragraph("", "", self.link(title, page.page)),
            nodes.paragraph(text=page.state),
            *(nodes.paragraph(text=str(count)) for count in counts),
        ]


class LeaveTranslations(LeavePlace):
    """Leave a place for the table."""

    def run(self) -> list[nodes.Node]:
        """Make the place; the page depends on every catalogue."""
        for path in CATALOGUES.rglob("*.po"):
            self.env.note_dependency(str(path))
        return super().run()


def report(app: Sphinx, exception: Exception | None) -> None:
    """Say at the end of the build how the translation stands."""
    if exception or app.config.language == LANGUAGE or app.builder.name != "html":
        return
    pages = [coverage(app.env, page) for page in in_order(app.env)]
    counts = [
        f"{sum(page.state == state for page in pages)} {state}"
        for state in ("translated", "stale", "missing")
    ]
    logger.info("%s: pages %s", LANGUAGE, ", ".join(counts))
    for page in pages:
        if page.state == "stale":
            told = f"{page.missing} of {page.messages} missing, {page.fuzzy} changed"
            logger.info("%s: %s is stale: %s", LANGUAGE, page.page, told)


def counterpart(app: Sphinx, page: str) -> tuple[str, bool]:
    """Say where a page's other language stands, and whether it is the same page there.

    A page that has no Chinese leads to the Chinese front page: the Chinese contents led the reader
    here, and this is the way back.
    """
    made_by_sphinx = page not in app.env.found_docs
    same = made_by_sphinx or catalogue_path(page).exists()
    there = page if same else app.config.root_doc
    up = "../" * (page.count("/") + (app.config.language == LANGUAGE))
    folder = "" if app.config.language == LANGUAGE else f"{LANGUAGE}/"
    return f"{up}{folder}{there}.html", same


def link(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Tell the template where the other language stands."""
    href, same = counterpart(app, page)
    context["counterpart"] = {"href": href, "same": same}
    context["in_chinese"] = app.config.language == LANGUAGE
    add_script(app, "language")


def add_templates(app: Sphinx, config: Config) -> None:
    """Let the theme find the link's template."""
    config.templates_path.append(str(Path(__file__).parent / "templates"))


def setup(app: Sphinx) -> dict:
    """Register the directive, what fills it, the report and the link."""
    app.setup_extension("chapters")
    app.setup_extension("translatable")
    app.add_directive("translations", LeaveTranslations)
    app.add_post_transform(FillTranslations)
    app.connect("config-inited", add_templates)
    app.connect("build-finished", report)
    app.connect("html-page-context", link)
    app.add_css_file("language.css", priority=800)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
