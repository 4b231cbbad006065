"""Offered: the names that the package offers, chapter by chapter, read from its files.

A module is named as a page is: ``nn/convolution`` is a chapter's code, ``data/photos`` and
``training`` are parts without a chapter. Nothing is imported.
"""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml
from places import ROOT
from source import NAMED

PACKAGE = ROOT / "dlcourse"
LISTED = re.compile(r"^    (\w+)  ", re.MULTILINE)


class Offered(NamedTuple):
    """A public function, class or constant, with its docstring and the file that defines it."""

    name: str
    page: str
    path: Path
    node: ast.AST
    about: str


@cache
def tree(path: Path) -> ast.Module:
    """Parse a file, once however often it is asked for; nobody changes the answer."""
    return ast.parse(path.read_text(encoding="utf-8"))


def modules(topic: str) -> list[str]:
    """List the modules of a topic, as the contents order its chapters."""
    contents = yaml.safe_load((ROOT / "book" / "_toc.yml").read_text(encoding="utf-8"))
    pages = [each["file"] for part in contents["parts"] for each in part["chapters"]]
    chapters = [page for page in pages if page.startswith(f"{topic}/")]
    folder = PACKAGE / topic
    if chapters or not folder.is_dir() or public(folder / "__init__.py"):
        return chapters or [topic]
    found = (path for path in folder.iterdir() if path.name[0] not in "_.")
    return sorted(f"{topic}/{path.stem}" for path in found)


def head(page: str) -> Path:
    """Find the file that says what a module is."""
    package = PACKAGE / page / "__init__.py"
    return package if package.exists() else PACKAGE / f"{page}.py"


def code(page: str) -> list[Path]:
    """List a module's files in the order in which its head says to read them."""
    first = head(page)
    if first.name != "__init__.py":
        return [first]
    order = LISTED.findall(ast.get_docstring(tree(first), clean=False))
    files = sorted(first.parent.glob("[!_]*.py"))
    return sorted(
        files, key=lambda p: order.index(p.stem) if p.stem in order else len(order)
    )


def tests(page: str) -> Path | None:
    """Find the file that tests a module."""
    topic, _, name = page.partition("/")
    files = (ROOT / "tests" / topic / f"test_{each}.py" for each in (name, topic))
    return next((file for file in files if file.exists()), None)


def public(path: Path) -> set[str]:
    """Read the names in a file's ``__all__``."""
    for node in tree(path).body:
        if isinstance(node, ast.Assign) and node.targets[0].id == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


def offered(page: str) -> Iterator[Offered]:
    """List what a module offers, each where it is defined."""
    names = public(head(page))
    for path in code(page):
        here = names & public(path)
        body = tree(path).body
        for node, after in zip(body, [*body[1:], None], strict=True):
            name = defined(node)
            if name in here:
                yield Offered(name, page, path, node, docstring(node, after))


def defined(node: ast.AST) -> str | None:
    """Read the name that a line of a file defines."""
    if isinstance(node, NAMED):
        return node.name
    targets = getattr(node, "targets", [getattr(node, "target", None)])
    return targets[0].id if isinstance(targets[0], ast.Name) else None


def docstring(node: ast.AST, after: ast.AST | None) -> str:
    """Read a docstring; that of a constant stands after it."""
    if isinstance(node, NAMED):
        return ast.get_docstring(node) or ""
    follows = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
    return str(after.value.value) if follows else ""
