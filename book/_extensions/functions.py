"""Functions: every name that the package offers, with its page, its source and its tests.

    :::{functions} nn
    :::

The names of a topic in alphabetical order. What each is for is the first sentence of its docstring,
read from the file; nothing is imported.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from chapters import FillPlaces, LeavePlace, in_order, table
from docutils import nodes
from places import ROOT, files
from source import NAMED
from sphinx import addnodes
from sphinx.application import Sphinx

CODE = re.compile(r"``(.+?)``|:\w+:`~?(.+?)`")


class Offered(NamedTuple):
    """A public function or class."""

    name: str
    purpose: str
    page: str
    path: Path


def public(path: Path) -> set[str]:
    """Read the names in a file's ``__all__``."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


def offered(page: str) -> Iterator[Offered]:
    """List what the code of one page offers, each where it is defined."""
    paths = files(page)["Code"]
    package = ROOT / "dlcourse" / page / "__init__.py"
    names = public(package if package.exists() else paths[0])
    for path in paths:
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, NAMED) and node.name in names & public(path):
                yield Offered(node.name, first_sentence(node), page, path)


def first_sentence(node: ast.AST) -> str:
    """Read the first paragraph of a docstring, as one line."""
    paragraph = (ast.get_docstring(node) or "").partition("\n\n")[0]
    return " ".join(paragraph.split())


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
        """Make one row for each name of a topic."""
        pages = [page for page in in_order(self.env) if page.startswith(f"{of}/")]
        found = sorted(
            (each for page in pages for each in offered(page)),
            key=lambda each: each.name.casefold(),
        )
        yield table(("Name", "What it does", "Where"), [self.row(o) for o in found])

    def row(self, each: Offered) -> list[nodes.paragraph]:
        """Name one function, with links to its page, source and tests."""
        title = self.env.titles[each.page].astext()
        [tests] = files(each.page)["Tests"]
        where = nodes.paragraph("", "", self.link(title, each.page))
        for text, path in (("source", each.path), ("tests", tests)):
            where += [nodes.Text(", "), self.download(text, path)]
        return [
            nodes.paragraph("", "", nodes.literal(text=each.name)),
            nodes.paragraph("", "", *said(each.purpose)),
            where,
        ]

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
