"""Links: keep what a submission links to out of the folders made of it.

nbgrader copies the files that come with a notebook to the graded work and from there to
the feedback, and copies what a link points at: any file of the instructor's.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.coursedir import CourseDirectory
from nbgrader.preprocessors import NbGraderPreprocessor

from .submission import note

__all__ = ["DropLinks"]


class DropLinks(NbGraderPreprocessor):
    """A step of the second pass: the files are copied by then, whoever read the notebook."""

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Delete the copies of linked files, and note it."""
        where = resources["nbgrader"]
        course = CourseDirectory(config=self.config, root=str(Path.cwd()))
        handed_in, graded = (
            Path(course.format_path(folder, where["student"], where["assignment"]))
            for folder in (course.submitted_directory, course.autograded_directory)
        )
        for link in _links(handed_in):
            (graded / link).unlink(missing_ok=True)
            note(nb, f"{link} is a link and has been left out")
        return nb, resources


def _links(folder: Path) -> Iterator[Path]:
    """Files that are links, by their place in the folder; the notebook says so itself."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() and path.suffix != ".ipynb":
            yield path.relative_to(folder)
