"""Check: a notebook's visible checks in a table, for the student who wrote it.

The notebook runs in a kernel as in Jupyter, each cell in turn whatever happens before.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from traitlets.config import Config

from dlcourse.grading.errors import GradingError
from dlcourse.grading.verdicts import error_of, is_check

__all__ = ["check"]

LONGEST = 60
"""Seconds that a cell may take."""


def check(path: Path) -> int:
    """Show the table; return 0 if every check is content, else 1.

    Raises:
        GradingError: if the file is no notebook, or has no checks.
    """
    nb = _read(path)
    if not any(map(is_check, nb.cells)):
        raise GradingError(f"{path} has no checks: name the notebook of an exercise")
    _run(nb, path)
    rows = list(_rows(nb))
    table = Table("task", "points", "verdict", box=None, padding=(0, 2, 0, 0))
    for task, points, verdict in rows:
        table.add_row(task, points, escape(verdict))
    Console().print(table)
    return int(any(not verdict.startswith("✓") for _, _, verdict in rows))


def _read(path: Path) -> NotebookNode:
    try:
        return nbformat.read(path, as_version=4)
    except FileNotFoundError:
        raise GradingError(f"{path} does not exist") from None
    except Exception as error:  # nbformat fails in many ways on what is no notebook
        raise GradingError(f"{path} is not a notebook") from error


def _run(nb: NotebookNode, path: Path) -> None:
    client = NotebookClient(
        nb,
        timeout=LONGEST,
        interrupt_on_timeout=True,
        allow_errors=True,
        resources={"metadata": {"path": str(path.parent)}},
        config=Config({"KernelManager": {"transport_encryption": "auto"}}),
    )
    with suppress(CellTimeoutError, DeadKernelError):  # what has not run says so
        client.execute()


def _rows(nb: NotebookNode) -> Iterator[tuple[str, str, str]]:
    for cell in filter(is_check, nb.cells):
        mark = cell.metadata.nbgrader
        yield mark.grade_id, f"{mark.points:g}", _verdict(cell)


def _verdict(cell: NotebookNode) -> str:
    """Give the check's own line, without the task's name."""
    said = "".join(output.get("text", "") for output in cell.outputs)
    lines = (error_of(cell).removeprefix("WrongAnswer: ") or said).splitlines()
    spoken = [line for line in lines if line.startswith(("✓", "✗"))]
    if not lines:
        return "✗ not run: a cell before it ended Python or did not end."
    line = spoken[-1] if spoken else f"✗ {lines[-1]}"
    return line.replace(f" {cell.metadata.nbgrader.grade_id}:", "", 1)
