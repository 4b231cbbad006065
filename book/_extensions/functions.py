"""Functions: every name that the package offers, with its page, its source and its tests.

    :::{functions} nn
    :::

The names of a topic in alphabetical order. What each is for is the first sentence of its docstring,
read from the file; nothing is imported. The name leads to what its docstring says in full.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from chapters import FillPlaces, LeavePlace, in_order, table
from docutils import nodes
from offered import Offered, offered, tests
from places import ROOT
from source import NAMED
from sphinx import addnodes
from sphinx.application import Sphinx

CODE = re.compile(r"``(.+?)``|:\w+:`~?(.+?)`")


def first_sentence(docstring: str) -> str:
    """Read the first paragraph of a docstring, as one line."""
    return " ".join(docstring.partition("\n\n")[0].split())


def said(text: str) -> Iterator[nodes.Node]:
    """Set what stands between double backticks, or in a role, as code."""
    end = 0
    for found in CODE.finditer(text):
        yield nodes.Text(text[end : found.start()])
        yield nodes.literal(text=found[1] or found[2])
        end = found.end()
    yield nodes.Text(text[end:])


class FillFunctions(FillPlaces):
    """Make the tables."""

    kind = "functions"

    def made(self, of: str) -> Iterator[nodes.Node]:
        """Make one row for each function or class of a topic."""
        pages = [page for page in in_order(self.env) if page.startswith(f"{of}/")]
        every = (each for page in pages for each in offered(page))
        found = sorted(
            (each for each in every if isinstance(each.node, NAMED)),
            key=lambda each: each.name.casefold(),
        )
        yield table(("Name", "What it does", "Where"), [self.row(o) for o in found])

    def row(self, each: Offered) -> list[nodes.paragraph]:
        """Name one function, with links to its page, source and tests."""
        title = self.env.titles[each.page].astext()
        where = nodes.paragraph("", "", self.link(title, each.page))
        for text, path in (("source", each.path), ("tests", tests(each.page))):
            where += [nodes.Text(", "), self.download(text, path)]
        return [
            nodes.paragraph("", "", self.entry(each)),
            nodes.paragraph("", "", *said(first_sentence(each.about))),
            where,
        ]

    def entry(self, each: Offered) -> nodes.Node:
        """Link a name to its docstring, if the book has the page of docstrings."""
        name = nodes.literal(text=each.name)
        page = f"api/{each.page.split('/')[0]}"
        if page not in self.env.all_docs:
            return name
        anchor = f"dlcourse.{each.page.replace('/', '.')}.{each.name}"
        link = self.link("", page, anchor)
        link += name
        return link

    def download(self, text: str, path: Path) -> nodes.Node:
        """Link a file that the page's own line of links has brought into the book."""
        _, target = self.env.dlfiles[f"../{path.relative_to(ROOT).as_posix()}"]
        link = addnodes.download_reference(filename=target, refdoc=self.env.docname)
        link += nodes.inline(text=text)
        return link


def setup(app: Sphinx) -> dict:
    """Register the directive and what fills it."""
    app.setup_extension("chapters")
    app.add_directive("functions", LeavePlace)
    app.add_post_transform(FillFunctions)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
