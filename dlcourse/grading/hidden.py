"""Hidden: which check stands behind a check cell.

The cell shows a call for the student's own use. In grading its grade id names the check,
among those of the page that the notebook is named after.
"""

from importlib import import_module
from types import ModuleType

from nbformat import NotebookNode

from dlcourse.checks.judging import Check

from .errors import GradingError
from .verdicts import is_check

__all__ = ["find_checks"]


def find_checks(nb: NotebookNode, page: str) -> dict[int, Check]:
    """Find the check of every check cell, by the cell's place.

    Raises:
        GradingError: if the page has no checks, or not this one.
    """
    cells = {place: cell for place, cell in enumerate(nb.cells) if is_check(cell)}
    module = _import_page(page) if cells else None
    return {
        place: _find(module, cell.metadata.nbgrader.grade_id)
        for place, cell in cells.items()
    }


def _import_page(page: str) -> ModuleType:
    name = f"dlcourse.checks.{page}"
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        raise GradingError(
            f"the exercise {page} has no checks: write dlcourse/checks/{page}.py"
        ) from error


def _find(module: ModuleType | None, name: str) -> Check:
    check = getattr(module, name, None)
    if not isinstance(check, Check):
        raise GradingError(
            f"{module.__name__} has no check for the cell {name}: name the cell after one "
            f"of {', '.join(module.__all__)}, or write it"
        )
    return check
