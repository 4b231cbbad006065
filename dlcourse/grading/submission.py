"""Submission: read what a student handed in, whatever it is.

A file that cannot be read is worth no points, and the student and the gradebook should
hear why. So it is read as a notebook without work that carries the reason; the steps
after this one put the checks back, fail them for that reason, and write feedback.
"""

from io import StringIO, TextIOBase
from pathlib import Path
from typing import Any

import nbformat
from nbconvert.exporters import NotebookExporter
from nbformat import NotebookNode
from nbformat.reader import NotJSONError
from traitlets import Dict

__all__ = ["SubmissionExporter", "begin_record", "note", "notes", "refusal"]

LARGEST = 32 * 2**20
"""Bytes of a notebook; without outputs, an exercise has a thousandth of that."""

MOST_CELLS = 2000
"""Checking that each is a cell takes long, and an exercise has fifty."""

KEY = "dlcourse"
"""Where a notebook's metadata keeps what grading has to say about it."""


def begin_record(nb: NotebookNode, reason: str) -> None:
    """Begin to keep remarks in a notebook, in the place of any the student put there.

    Args:
        nb: the notebook.
        reason: why the file could not be read; "" if it could.
    """
    nb.metadata[KEY] = NotebookNode(refusal=reason, notes=[])


def note(nb: NotebookNode, text: str) -> None:
    """Add a remark about the notebook as a whole, for the instructor's table."""
    nb.metadata[KEY].notes.append(text)


def notes(nb: NotebookNode) -> list[str]:
    """List the remarks about the notebook as a whole."""
    return list(nb.metadata[KEY].notes)


def refusal(nb: NotebookNode) -> str:
    """Say why the file could not be read; "" if it could."""
    return nb.metadata[KEY].refusal


class SubmissionExporter(NotebookExporter):
    """Read a notebook, or a stand-in for a file that is none; write a notebook."""

    ready = Dict(
        help="Notebooks that have gone through these steps already, by their files."
    ).tag(config=True)

    def from_filename(
        self, filename: str, resources: dict[str, Any] | None = None, **rest: Any
    ) -> tuple[str, dict[str, Any]]:
        """Convert the notebook in a file, unless it is a link or too large to be read."""
        path = Path(filename)
        if filename in self.ready:
            self._preprocessors = []
            file = StringIO(self.ready[filename])
            return self.from_file(file, resources=resources, **rest)
        reason = ""
        if any(place.is_symlink() for place in (path, *path.parents[:2])):
            reason = "the file is a link to another"
        elif path.stat().st_size > LARGEST:
            reason = f"the file has more than {LARGEST // 2**20} MiB; clear its outputs"
        if reason:
            nb, reason = _stand_in(reason)
            resources = {**(resources or {}), "refusal": reason}
            return self.from_notebook_node(nb, resources=resources, **rest)
        return super().from_filename(filename, resources=resources, **rest)

    def from_file(
        self,
        file_stream: TextIOBase,
        resources: dict[str, Any] | None = None,
        **rest: Any,
    ) -> tuple[str, dict[str, Any]]:
        """Convert the notebook in an open file, with ``refusal`` in the resources."""
        nb, reason = _read(file_stream)
        resources = {**(resources or {}), "refusal": reason}
        return self.from_notebook_node(nb, resources=resources, **rest)


def _read(file: TextIOBase) -> tuple[NotebookNode, str]:
    try:
        text = file.read().removeprefix(
            "\ufeff"
        )  # some editors on Windows begin with it
        if text.count('"cell_type"') > MOST_CELLS:
            return _stand_in(f"the file has more than {MOST_CELLS} cells")
        nb = nbformat.v4.upgrade(nbformat.reads(text, as_version=4))
        _drop_outputs(nb)
        nbformat.validate(nb, relax_add_props=True)
    except (NotJSONError, UnicodeDecodeError):
        return _stand_in("the file is not a notebook (not JSON)")
    except Exception:  # nbformat fails in many ways on JSON that is no notebook
        return _stand_in("the file is not a notebook (JSON, but not a notebook's)")
    return nb, ""


def _drop_outputs(nb: NotebookNode) -> None:
    """Drop what was saved below the cells: it counts for nothing, whole or broken."""
    for cell in nb.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None


def _stand_in(reason: str) -> tuple[NotebookNode, str]:
    cell = nbformat.v4.new_markdown_cell(f"**Nothing could be graded: {reason}.**")
    return nbformat.v4.new_notebook(cells=[cell]), reason
