"""Remarks: why a submission lost points, in a few words for a table."""

from collections import defaultdict

from nbformat import NotebookNode

from .submission import notes
from .verdicts import is_check, shortfall

__all__ = ["reasons", "remark"]


def reasons(nb: NotebookNode) -> dict[str, str]:
    """Say of each task that fell short in a graded notebook why."""
    return {
        cell.metadata.nbgrader.grade_id: _reason(cell)
        for cell in nb.cells
        if is_check(cell) and shortfall(cell)
    }


def remark(nb: NotebookNode) -> str:
    """Name what went wrong in a graded notebook, "" if nothing did.

    Tasks that failed alike are named together; if all did, none is named.
    """
    tasks = defaultdict(list)
    for task, reason in reasons(nb).items():
        tasks[reason].append(task)
    every = sum(map(is_check, nb.cells))
    failures = [
        reason if len(names) == every else f"{', '.join(names)}: {reason}"
        for reason, names in tasks.items()
    ]
    return "; ".join(failures + notes(nb))


def _reason(cell: NotebookNode) -> str:
    """Cut a verdict to its first sentence: the mistake without the advice."""
    return shortfall(cell).partition(". ")[0].strip().removesuffix(".")
