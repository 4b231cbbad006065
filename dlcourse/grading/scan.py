"""Scan: read an answer's text for what its check forbids, from outside.

The watch that counts operations runs beside the student's code, which could reach for it.
The text cannot be reached. It proves less, since a name may stand there for honest
reasons, so what is found here costs nothing: it is a remark for a person to look at.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress

from nbformat import NotebookNode

from dlcourse.checks.judging import Check

__all__ = ["scan"]

SPELLINGS = {
    "convolution": r"conv(_transpose)?[123]d|Conv(Transpose)?[123]d|LazyConv\w*",
    "im2col": r"unfold|Unfold",
    "col2im": r"fold|Fold",
    "constant_pad_nd": r"pad|ZeroPad2d|ConstantPad2d",
    "max_pool": r"(adaptive_)?max_pool[123]d\w*|(Adaptive)?MaxPool[123]d",
    "avg_pool": r"(adaptive_)?avg_pool[123]d|(Adaptive)?AvgPool[123]d",
    "batch_norm": r"batch_norm|BatchNorm[123]d|instance_norm",
    "layer_norm": r"layer_norm|LayerNorm",
    "group_norm": r"group_norm|GroupNorm",
    "grid_sampler": r"grid_sample|affine_grid",
    "nll_loss": r"nll_loss|cross_entropy|CrossEntropyLoss|NLLLoss",
}
"""How torch's public names spell an ATen operation; a key is a part of its name."""

WAYS_ROUND = re.compile(
    r"_python_dispatch|TorchDispatchMode|_disable_current_modes|setprofile|ctypes|subprocess"
    r"|dlcourse\.(nn|optim|models|detection|segmentation|faces|style)\b.*|reference"
)
"""Names with which code could get round what watches it, or reach the package's own answers."""


def scan(nb: NotebookNode, checks: Mapping[int, Check]) -> list[str]:
    """Remark on names in a student's own cells that a person may want to look at.

    Args:
        nb: the notebook.
        checks: by the place of their cells.
    """
    trees = [*_trees(nb, checks)]
    found = sorted(
        {name for tree in trees for name in _names(tree) if WAYS_ROUND.fullmatch(name)}
    )
    remarks = [f"the code names {', '.join(found)}"] if found else []
    for check in checks.values():
        names = _forbidden(trees, check)
        if names:
            remarks.append(f"{check.task} names {', '.join(names)}")
    return remarks


def _trees(nb: NotebookNode, checks: Mapping[int, Check]) -> Iterator[ast.Module]:
    """Read the cells that are the student's and can reach a check."""
    for cell in nb.cells[: max(checks, default=0)]:
        given = cell.metadata.get("nbgrader", {}).get("locked")
        if cell.cell_type == "code" and not given:
            try:
                yield _parse(cell.source)
            except (SyntaxError, ValueError, RecursionError, MemoryError):
                continue  # magics, or what will not run anyway


def _parse(source: str) -> ast.Module:
    """Parse a cell; again if another thread of the grader was parsing too.

    In some versions of Python, threads that build trees at one time trip over a counter that they
    share (seen in 3.11.7; CPython issue 106905 tells of it). Nothing is wrong with the cell then.
    """
    for _ in range(20):
        with suppress(SystemError):
            return ast.parse(source)
    return ast.parse(source)


def _forbidden(trees: list[ast.Module], check: Check) -> list[str]:
    """Names in the body of a check's function that spell what it forbids."""
    patterns = [
        pattern
        for part, pattern in SPELLINGS.items()
        if any(part in operation for operation in check.forbidden)
    ]
    bodies = [
        node
        for tree in trees
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef) and node.name == check.task
    ]
    return sorted(
        {
            name
            for body in bodies[-1:]  # the last definition counts
            for name in _names(body, attributes=True)
            if any(re.fullmatch(pattern, name) for pattern in patterns)
        }
    )


def _names(tree: ast.AST, *, attributes: bool = False) -> Iterator[str]:
    """Names that a tree uses; of a module's contents alone if ``attributes``."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif attributes:
            continue
        elif isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, ast.Import | ast.ImportFrom):
            modules = [each.name for each in node.names]
            modules.append(getattr(node, "module", None) or "")
            yield from modules
            yield from (part for module in modules for part in module.split("."))
