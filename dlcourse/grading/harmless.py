"""Harmless: take out of a submission what could act on those who look at it.

Formgrader and feedback show a student's text as HTML, and markdown may hold any: a script
in it would run with the instructor's rights. So a text is rendered as they will render
it, and if anything but text, tables and pictures comes out, its source is shown instead.
"""

import base64
import io
import re
import warnings
from collections.abc import Mapping
from functools import lru_cache
from html.parser import HTMLParser
from typing import Any

from nbconvert.filters.markdown_mistune import (
    InvalidNotebook,
    IPythonRenderer,
    MarkdownWithMath,
)
from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from PIL import Image

__all__ = ["Harmless", "is_harmless"]

BLOCKS = {"blockquote", "br", "details", "div", "hr", "p", "pre", "summary"}
HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
LISTS = {"dd", "dl", "dt", "li", "ol", "ul"}
TABLES = {"table", "tbody", "td", "th", "thead", "tr"}
WORDS = {"b", "code", "del", "em", "i", "kbd", "s", "span", "strong", "sub", "sup", "u"}
TAGS = {"a", "img"} | BLOCKS | HEADINGS | LISTS | TABLES | WORDS
LOOKS = {"align", "class", "colspan", "height", "rowspan", "start", "width"}
ATTRIBUTES = {"alt", "href", "id", "src", "title"} | LOOKS
LINK = re.compile(
    r"(https?:|mailto:|data:image/(png|jpeg|gif);base64,|[^:]*$|[^:]*[/?#])",
    re.IGNORECASE,
)
"""How an address may begin: a known kind, or no kind at all."""

PICTURES = frozenset(("image/png", "image/jpeg", "image/gif"))
MOST_PIXELS = 25_000_000
"""Of a pasted picture; a good camera makes as many."""


class Harmless(NbGraderPreprocessor):
    """After nbgrader's OverwriteCells, when the instructor's own cells are in place."""

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Keep of a student's cell its text, and pictures that are pictures."""
        mark = cell.metadata.get("nbgrader")
        cell.metadata = NotebookNode({"nbgrader": mark} if mark else {})
        if cell.get("attachments"):
            cell.attachments = _pictures(cell.attachments)
        if mark and mark.get("locked"):
            return cell, resources
        pasted = cell.get("attachments", {})
        if cell.cell_type == "raw" or (
            cell.cell_type == "markdown" and not is_harmless(cell.source, pasted)
        ):
            cell.cell_type = "markdown"
            cell.source = _as_text(cell.source)
        return cell, resources


def is_harmless(source: str, attachments: Mapping[str, Any] | None = None) -> bool:
    """Whether a markdown text renders to text, tables, links and pictures alone.

    Args:
        source: the text.
        attachments: pictures pasted into it.

    >>> is_harmless("**a** < b, $x<y$, [here](https://example.org)")
    True
    >>> is_harmless("<img src=x onerror=alert(1)>")
    False
    """
    if attachments:
        return _renders_harmless(source, dict(attachments))
    return _without_pictures(source)


@lru_cache(1024)
def _without_pictures(source: str) -> bool:
    """Remember: most texts are the exercise's own, the same in every submission."""
    return _renders_harmless(source, {})


def _renders_harmless(source: str, attachments: dict[str, Any]) -> bool:
    renderer = IPythonRenderer(escape=False, attachments=attachments)
    reader = _Reader()
    try:
        reader.feed(MarkdownWithMath(renderer=renderer).render(source))
    except (
        InvalidNotebook,
        RecursionError,
    ):  # what cannot be shown would stop feedback
        return False
    reader.close()
    return reader.harmless


class _Reader(HTMLParser):
    """Reads a page and sees whether each of its elements is listed."""

    harmless = True

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = tag in TAGS and all(name in ATTRIBUTES for name, _ in attrs)
        links = [value or "" for name, value in attrs if name in ("href", "src")]
        if not known or not all(LINK.match(link) for link in links):
            self.harmless = False

    def handle_comment(self, data: str) -> None:
        self.harmless = False  # browsers and parsers differ on where one ends

    handle_decl = unknown_decl = handle_pi = handle_comment


def _as_text(source: str) -> str:
    """Quote a text as code, fenced longer than any fence within it."""
    longest = max(map(len, re.findall("`+", source)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{source}\n{fence}"


def _pictures(attachments: Any) -> dict[str, dict[str, str]]:
    """Keep the pictures pasted into a cell."""
    return {
        name: {kind: data}
        for name, bundle in attachments.items()
        for kind, data in bundle.items()
        if kind in PICTURES and isinstance(data, str) and _is_picture(data)
    }


def _is_picture(data: str) -> bool:
    """Read a picture's head; one of a few bytes may unfold to more than a browser has."""
    try:
        content = io.BytesIO(base64.b64decode(data, validate=False))
        with warnings.catch_warnings(action="error"), Image.open(content) as picture:
            return picture.width * picture.height <= MOST_PIXELS
    except (ValueError, OSError, Image.DecompressionBombError, Warning):
        return False
