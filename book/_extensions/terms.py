"""Terms: a glossary made of the places where the chapters define a term.

    :::{terms}
    :::

A chapter sets a term in bold and gives its Chinese in brackets after it: **kernel** (卷积核). Every
such place is an entry here and a link back. Nothing is written twice, and no term lacks its page.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

from chapters import FillPlaces, LeavePlace, in_order, table
from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

CHINESE = re.compile("[\u4e00-\u9fff]")
BRACKETS = re.compile(r"\s*\(([^)]*)")


class Term(NamedTuple):
    """A term where it is defined."""

    english: str
    chinese: list[str]
    page: str
    anchor: str


def chinese_after(term: nodes.strong) -> list[str]:
    """Read the Chinese in the brackets after a term; empty if there is none."""
    # A line's end is a piece of text of its own, so what follows may come in several.
    place = term.parent.index(term) + 1
    said = BRACKETS.match("".join(node.astext() for node in term.parent[place:]))
    parts = said[1].split(",") if said else []
    return [part.strip() for part in parts if CHINESE.search(part)]


def terms_of(document: nodes.document, page: str) -> Iterator[Term]:
    """Find the terms that a chapter defines."""
    for term in document.findall(nodes.strong):
        chinese = chinese_after(term)
        if chinese:
            english = " ".join(term.astext().split())
            yield Term(english, chinese, page, f"term-{nodes.make_id(english)}")


def name(app: Sphinx, document: nodes.document) -> None:
    """Give each of a chapter's terms a name that a link can lead to, and the search finds."""
    named = set()
    for term in list(document.findall(nodes.strong)):
        anchor = f"term-{nodes.make_id(term.astext())}"
        chinese = chinese_after(term)
        if chinese and anchor not in named:
            named.add(anchor)
            term["ids"].append(anchor)
            put_into_index(term, anchor, chinese)


def put_into_index(term: nodes.strong, anchor: str, chinese: list[str]) -> None:
    """Put a term into the index of the search, in both languages.

    In a page the search looks for whole words, and Chinese has no spaces between words. In the
    index it looks for parts of an entry too, and what it finds there comes first.
    """
    words = [" ".join(term.astext().split()), *chinese]
    entries = [("single", word, anchor, "main", None) for word in words]
    # Inline, so that translators are not asked for the entries: they have the term itself.
    index = addnodes.index(entries=entries, inline=True)
    term.parent.insert(term.parent.index(term), index)


def entries(env: BuildEnvironment) -> list[list[Term]]:
    """Put the definitions of one term together, and the terms in alphabetical order."""
    together: dict[str, list[Term]] = {}
    for page in in_order(env):
        for term in terms_of(env.get_doctree(page), page):
            together.setdefault(term.english.casefold(), []).append(term)
    return [together[english] for english in sorted(together)]


class FillTerms(FillPlaces):
    """Make the table of terms."""

    kind = "terms"

    def made(self, of: str) -> Iterator[nodes.Node]:
        """Make one row for each term."""
        rows = [self.row(entry) for entry in entries(self.env)]
        yield table(("Term", "中文", "Defined in"), rows)

    def row(self, entry: list[Term]) -> list[nodes.paragraph]:
        """Name a term in both languages, with links to each page that defines it."""
        english = entry[0].english
        chinese = dict.fromkeys(each for term in entry for each in term.chinese)
        links = nodes.paragraph()
        for term in entry:
            title = self.env.titles[term.page].astext()
            links += [nodes.Text(", ")] * bool(links.children)
            links += self.link(title, term.page, term.anchor)
        return [
            nodes.paragraph(text=english[0].upper() + english[1:]),
            nodes.paragraph(text=", ".join(chinese)),
            links,
        ]


def setup(app: Sphinx) -> dict:
    """Register the directive, what names the terms and what lists them."""
    app.setup_extension("chapters")
    app.add_directive("terms", LeavePlace)
    app.add_post_transform(FillTerms)
    app.connect("doctree-read", name)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
