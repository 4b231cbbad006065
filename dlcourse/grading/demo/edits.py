"""Edits: what a student does to a notebook, right or wrong.

Every edit changes a notebook that is right in all tasks, in place.
"""

from collections.abc import Callable

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from dlcourse.grading.errors import GradingError

__all__ = ["Edit", "answer", "copy_cell", "delete_cell", "fill_in"]

Edit = Callable[[NotebookNode], None]

MARKERS = ("### BEGIN SOLUTION", "### END SOLUTION")


def fill_in(release: NotebookNode, solution: NotebookNode) -> None:
    """Write the reference answers where the release has its stubs."""
    for cell in solution.cells:
        if cell.metadata.get("nbgrader", {}).get("solution"):
            lines = cell.source.splitlines()
            kept = [line for line in lines if line.strip() not in MARKERS]
            find_cell(release, cell.metadata.nbgrader.grade_id).source = "\n".join(kept)


def answer(task: str, old: str, new: str) -> Edit:
    """Write something else in the answer to a task.

    Raises:
        GradingError: when applied, if the reference answer does not hold ``old``.
    """

    def edit(nb: NotebookNode) -> None:
        cell = find_cell(nb, f"{task}_answer")
        if old not in cell.source:
            raise GradingError(
                f'the reference answer to {task} does not hold "{old}" any more: bring '
                "dlcourse/grading/demo/students.py up to date"
            )
        cell.source = cell.source.replace(old, new)

    return edit


def delete_cell(name: str) -> Edit:
    """Delete a cell by its grade id."""
    return lambda nb: nb.cells.remove(find_cell(nb, name))


def copy_cell(name: str) -> Edit:
    """Copy a cell and paste it below, as Jupyter does: a new id, the same metadata."""

    def edit(nb: NotebookNode) -> None:
        cell = find_cell(nb, name)
        copy = new_code_cell(cell.source, metadata=cell.metadata)
        nb.cells.insert(nb.cells.index(cell) + 1, copy)

    return edit


def find_cell(nb: NotebookNode, name: str) -> NotebookNode:
    """Find the cell with a grade id.

    Raises:
        GradingError: if there is none.
    """
    for cell in nb.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == name:
            return cell
    raise GradingError(f"the exercise has no cell {name}: bring the demo up to date")
