"""Restore: give a submission back the cells and the metadata that count.

A cell copied and pasted in Jupyter keeps its grade id, and nbgrader 0.9.6 then stops
the whole class. A check deleted with its answer stops its student: OverwriteCells looks
for the answer to put the check below. Tampered metadata does either. All of it is
harmless once the gradebook's word counts:

- a cell's metadata are those of its release, or none;
- of cells with the same id one keeps it; the others stay where they are as plain cells;
- a locked cell that is gone is put back; what is the student's is left as it is.
"""

from collections import defaultdict
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor

from .released import ReleasedCell, read_released
from .submission import begin_record, note, refusal

__all__ = ["RestoreCells", "restore"]


class RestoreCells(NbGraderPreprocessor):
    """In the place of nbgrader's DeduplicateIds, before its OverwriteCells."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Restore the submission from the gradebook."""
        where = resources["nbgrader"]
        url, assignment, notebook = (
            where[key] for key in ("db_url", "assignment", "notebook")
        )
        begin_record(nb, resources.get("refusal", ""))
        restore(nb, read_released(url, assignment, notebook))
        return nb, resources


def restore(nb: NotebookNode, released: dict[str, ReleasedCell]) -> None:
    """Restore a submission in place, and note what a person may want to know."""
    _restore_metadata(nb, released)
    _separate_copies(nb, released)
    for place, cell in enumerate(released.values()):
        if cell.locked and cell.name not in _places(nb):
            _put_back(nb, cell, list(released)[:place], list(released)[place + 1 :])
            if not refusal(nb):
                note(nb, f"the cell {cell.name} was missing and has been put back")


def _restore_metadata(nb: NotebookNode, released: dict[str, ReleasedCell]) -> None:
    for cell in nb.cells:
        claimed = cell.metadata.pop("nbgrader", None)
        name = claimed.get("grade_id") if isinstance(claimed, dict) else None
        if isinstance(name, str) and name in released:
            cell.metadata["nbgrader"] = NotebookNode(released[name].metadata)


def _separate_copies(nb: NotebookNode, released: dict[str, ReleasedCell]) -> None:
    copies = defaultdict(list)
    for cell in nb.cells:
        if "nbgrader" in cell.metadata:
            copies[cell.metadata.nbgrader.grade_id].append(cell)
    for name, cells in copies.items():
        kept = _kept(cells, released[name])
        for cell in cells:
            if cell is not kept:
                del cell.metadata["nbgrader"]
        if len(cells) > 1:
            note(nb, f"the cell {name} is there {len(cells)} times and counts once")


def _kept(cells: list[NotebookNode], released: ReleasedCell) -> NotebookNode:
    """Choose the last copy, as running the notebook does; an unchanged answer is none."""
    changed = [cell for cell in cells if cell.source != released.source]
    return cells[-1] if released.locked or not changed else changed[-1]


def _places(nb: NotebookNode) -> dict[str, int]:
    return {
        cell.metadata.nbgrader.grade_id: place
        for place, cell in enumerate(nb.cells)
        if "nbgrader" in cell.metadata
    }


def _put_back(
    nb: NotebookNode, cell: ReleasedCell, before: list[str], after: list[str]
) -> None:
    """Insert a check as late and a setup as early as the cells around it allow.

    So the student's own cells, wherever they stand between, come after the setup they
    need and before the check that needs them.
    """
    places = _places(nb)
    if cell.metadata["grade"]:
        following = [places[name] for name in after if name in places]
        place = min(following, default=len(nb.cells))
    else:
        place = max((places[name] + 1 for name in before if name in places), default=0)
    nb.cells.insert(place, cell.make())
