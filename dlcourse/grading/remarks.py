"""Remarks: why a submission lost points, in a few words for a table."""

from collections import defaultdict

from nbformat import NotebookNode

from .submission import notes
from .verdicts import error_of, is_check

__all__ = ["remark"]


def remark(nb: NotebookNode) -> str:
    """Name what went wrong in a graded notebook, "" if nothing did.

    Tasks that failed alike are named together; if all did, none is named.
    """
    checks = [cell for cell in nb.cells if is_check(cell)]
    tasks = defaultdict(list)
    for cell in checks:
        if error_of(cell):
            tasks[_reason(cell)].append(cell.metadata.nbgrader.grade_id)
    failures = [
        reason if len(names) == len(checks) else f"{', '.join(names)}: {reason}"
        for reason, names in tasks.items()
    ]
    return "; ".join(failures + notes(nb))


def _reason(cell: NotebookNode) -> str:
    """Cut a verdict to its first sentence: the mistake without the advice."""
    said = error_of(cell).partition("✗ ")[2].partition(": ")[2]
    return said.partition(". ")[0].removesuffix(".")
