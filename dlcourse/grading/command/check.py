"""Check: a notebook's visible checks in a table, for the student who wrote it.

The notebook runs in a kernel as in Jupyter, each cell in turn whatever happens before.
"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

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

__all__ = ["Judged", "check", "judge", "read", "show_rows"]

LONGEST = 60
"""Seconds that a cell may take."""


class Judged(NamedTuple):
    """A task, and what its visible check says of it."""

    task: str
    points: int | float
    verdict: str

    @property
    def right(self) -> bool:
        """Whether the check is content."""
        return self.verdict.startswith("✓")


def check(path: Path) -> int:
    """Show the table; return 0 if every check is content, else 1.

    Raises:
        GradingError: if the file is no notebook, or has no checks.
    """
    nb = read(path)
    if not any(map(is_check, nb.cells)):
        raise GradingError(f"{path} has no checks: name the notebook of an exercise")
    judged = judge(nb, path)
    rows = [(each.task, f"{each.points:g}", each.verdict) for each in judged]
    show_rows(("task", "points", "verdict"), rows)
    return int(not all(each.right for each in judged))


def judge(nb: NotebookNode, path: Path) -> list[Judged]:
    """Run a notebook where it stands, and read what its checks say."""
    _run(nb, path)
    return list(_judged(nb))


def show_rows(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Print a table without lines."""
    table = Table(*head, box=None, padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(*map(escape, row))
    Console().print(table)


def read(path: Path) -> NotebookNode:
    """Read a notebook.

    Raises:
        GradingError: if there is none.
    """
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


def _judged(nb: NotebookNode) -> Iterator[Judged]:
    for cell in filter(is_check, nb.cells):
        mark = cell.metadata.nbgrader
        yield Judged(mark.grade_id, mark.points, _verdict(cell))


def _verdict(cell: NotebookNode) -> str:
    """Give the check's own line, without the task's name."""
    said = "".join(output.get("text", "") for output in cell.outputs)
    lines = (error_of(cell).removeprefix("WrongAnswer: ") or said).splitlines()
    spoken = [line for line in lines if line.startswith(("✓", "✗"))]
    if not lines:
        return "✗ not run: a cell before it ended Python or did not end."
    line = spoken[-1] if spoken else f"✗ {lines[-1]}"
    return line.replace(f" {cell.metadata.nbgrader.grade_id}:", "", 1)
