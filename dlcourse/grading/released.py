"""Released: what the gradebook knows of each cell of an exercise."""

from dataclasses import dataclass

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook, Notebook, SourceCell

__all__ = ["ReleasedCell", "read_released"]

SCHEMA = 3
"""Version of nbgrader's cell metadata."""


@dataclass(frozen=True)
class ReleasedCell:
    """A cell of the exercise as it was released.

    Attributes:
        name: its grade id.
        kind: "code" or "markdown".
        source: its text, with the solution cut out.
        metadata: nbgrader's, whole.
    """

    name: str
    kind: str
    source: str
    metadata: dict

    @property
    def locked(self) -> bool:
        """Whether the text is the instructor's, which a student cannot change."""
        return self.metadata["locked"]

    def make(self) -> NotebookNode:
        """Make the cell anew."""
        new_cell = new_code_cell if self.kind == "code" else new_markdown_cell
        return new_cell(self.source, metadata={"nbgrader": dict(self.metadata)})


def read_released(url: str, assignment: str, notebook: str) -> dict[str, ReleasedCell]:
    """Read an exercise's cells by name, in their order, from the gradebook at ``url``."""
    with Gradebook(url) as book:
        found = book.find_notebook(notebook, assignment)
        graded = [*found.grade_cells, *found.task_cells]
        points = {cell.name: cell.max_score for cell in graded}
        return {
            cell.name: _describe(cell, found, points) for cell in found.source_cells
        }


def _describe(
    cell: SourceCell, notebook: Notebook, points: dict[str, float]
) -> ReleasedCell:
    metadata = {
        "schema_version": SCHEMA,
        "grade_id": cell.name,
        "grade": cell.name in {other.name for other in notebook.grade_cells},
        "solution": cell.name in {other.name for other in notebook.solution_cells},
        "task": cell.name in {other.name for other in notebook.task_cells},
        "locked": cell.locked,
        "checksum": cell.checksum,
        "cell_type": cell.cell_type,
    }
    if cell.name in points:
        metadata["points"] = points[cell.name]
    return ReleasedCell(cell.name, cell.cell_type, cell.source, metadata)
