"""Annotations: a type as a reader says it, from the text of a file; nothing is imported.

``Float[Tensor, "b c h w"] | None`` becomes ``(b, c, h, w) float or None``. A name that stands for
a type, as ``Images`` does, gives way to what it stands for, in whichever file that is written.
"""

import ast
from functools import cache
from pathlib import Path

from offered import tree
from places import ROOT
from source import NAMED

KINDS = {"Num": "number", "Shaped": "of any type"}
"""Jaxtyping's names that do not say what they mean in lower case."""

JAXTYPING = {"Bool", "Complex", "Float", "Inexact", "Int", "Integer", "Real", "UInt8"}

LONGEST = 90
"""Characters of a type; where a name stands for more, the name is easier to read."""


@cache
def top(path: Path) -> dict[str, ast.AST]:
    """Find the line of a file that gives each of its names, an import included."""
    found: dict[str, ast.AST] = {}
    for node in tree(path).body:
        if isinstance(node, NAMED):
            found[node.name] = node
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            found[node.targets[0].id] = node.value
        elif isinstance(node, ast.ImportFrom):
            found |= {each.asname or each.name: node for each in node.names}
    return found


def meaning(path: Path, name: str) -> tuple[Path, ast.AST | None]:
    """Find what a name of a file stands for, and in which file of the package."""
    found = top(path).get(name)
    if isinstance(found, ast.ImportFrom):
        there = imported(path, found)
        [there_named] = (a.name for a in found.names if name in (a.asname, a.name))
        return meaning(there, there_named) if there else (path, None)
    return path, found


def imported(path: Path, node: ast.ImportFrom) -> Path | None:
    """Find the file that an import reads, if it is one of the package."""
    folder = path.parents[node.level - 1] if node.level else ROOT
    target = folder.joinpath(*(node.module or "").split("."))
    files = (target.with_suffix(".py"), target / "__init__.py")
    inside = (file for file in files if ROOT / "dlcourse" in file.parents)
    return next((file for file in inside if file.exists()), None)


def shape(kind: str, array: str, axes: str) -> str:
    """Write the shape of a tensor as Python writes that of an array."""
    letters = axes.split()
    written = f"({letters[0]},)" if len(letters) == 1 else f"({', '.join(letters)})"
    what = KINDS.get(kind, kind.lower())
    return f"{written} {what}" + (" array" if array.endswith("ndarray") else "")


class _Said(ast.NodeTransformer):
    """Put words in the place of tensors, and types in the place of their names."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        kind = ast.unparse(node.value)
        if kind == "Literal":
            return node
        if kind in JAXTYPING | KINDS.keys() and isinstance(node.slice, ast.Tuple):
            array, axes = node.slice.elts
            return ast.Name(shape(kind, ast.unparse(array), ast.literal_eval(axes)))
        return self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        """Read a type that is named before it is defined."""
        return ast.Name(node.value) if isinstance(node.value, str) else node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        path, stands_for = meaning(self.path, node.id)
        if stands_for is None or isinstance(stands_for, NAMED):
            return node
        text = said(stands_for, path)
        return ast.Name(text) if len(text) <= LONGEST else node


def said(annotation: ast.AST | None, path: Path) -> str:
    """Say the type that stands in a file."""
    if annotation is None:
        return ""
    copy = ast.parse(ast.unparse(annotation), mode="eval").body
    return ast.unparse(_Said(path).visit(copy)).replace(" | ", " or ")
