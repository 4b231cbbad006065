"""Course: a course folder, and nbgrader's steps on it, one student at a time.

nbgrader's own commands do the same from a terminal. Called here, a step costs no new
process, tells nothing to the terminal, and stops at most one student.
"""

import glob
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from nbgrader.converters import (
    Autograde,
    BaseConverter,
    GenerateAssignment,
    GenerateFeedback,
)
from nbgrader.coursedir import CourseDirectory
from sqlalchemy.exc import SAWarning
from traitlets.config import Config, PyFileConfigLoader

from .errors import GradingError

__all__ = ["SETTINGS", "Course"]

SETTINGS = "nbgrader_config.py"
"""The file that makes a folder a course."""


@dataclass(frozen=True)
class Course:
    """A folder with nbgrader's settings, its gradebook and the notebooks of every step.

    Attributes:
        root: the folder.

    Raises:
        GradingError: if the folder has no settings.
    """

    root: Path

    def __post_init__(self) -> None:
        if not (self.root / SETTINGS).is_file():
            raise GradingError(
                f"{self.root} is not a course: it has no {SETTINGS}; copy the one of "
                "the dlcourse repository there"
            )

    def release(self, assignment: str) -> None:
        """Make the student's version of an exercise and enter its cells in the gradebook.

        Raises:
            NbGraderException: if the exercise is missing or not in order.
        """
        self._convert(GenerateAssignment, assignment)

    def students(self, assignment: str) -> list[str]:
        """Name those who handed something in, in the order of the alphabet."""
        directory = self._directory(assignment)
        folders = directory.format_path(directory.submitted_directory, "*", assignment)
        return sorted(Path(folder).parent.name for folder in glob.glob(folders))

    def autograde(self, assignment: str, student: str, ready: str = "") -> None:
        """Grade a submission, again if it has been; a sitting done ahead is not repeated.

        Args:
            assignment: of which exercise.
            student: whose.
            ready: the notebook as it was put right already; read anew if empty.

        Raises:
            NbGraderException: if nbgrader left it without marks.
        """
        settings = self.settings
        settings.RunCells.done_ahead = True
        if ready:
            path = str(self.notebook("submitted", assignment, student))
            settings.SubmissionExporter.ready = {path: ready}
        self._convert(Autograde, assignment, glob.escape(student), settings)

    def give_feedback(self, assignment: str, student: str = "") -> None:
        """Write the pages that show students their graded work.

        Args:
            assignment: of which exercise.
            student: for whom; everyone who has been graded if empty, which is quicker than
                one after the other.

        Raises:
            NbGraderException: if a page cannot be written; the others have been.
        """
        self._convert(GenerateFeedback, assignment, glob.escape(student) or "*")

    def feedback(self, assignment: str, student: str) -> Path:
        """Place of a student's feedback."""
        directory = self._directory(assignment)
        folder = directory.format_path(
            directory.feedback_directory, student, assignment
        )
        return Path(folder) / f"{assignment}.html"

    def notebook(self, step: str, assignment: str, student: str = ".") -> Path:
        """Place of a notebook, which is named like its assignment.

        Args:
            step: "source", "release", "submitted" or "autograded".
            assignment: the exercise.
            student: whose; the instructor's for the first two steps.
        """
        directory = self._directory(assignment)
        folder = getattr(directory, f"{step}_directory")
        path = directory.format_path(folder, student, assignment)
        return Path(path) / f"{assignment}.ipynb"

    @property
    def log(self) -> Path:
        """File with everything nbgrader has said."""
        return self.root / "grading.log"

    @property
    def settings(self) -> Config:
        """What the course's settings file sets."""
        return PyFileConfigLoader(SETTINGS, path=str(self.root)).load_config()

    @property
    def gradebook(self) -> str:
        """URL of the database that holds the marks."""
        return self._directory("").db_url

    def _convert(
        self,
        step: type[BaseConverter],
        assignment: str,
        student: str = ".",
        settings: Config | None = None,
    ) -> None:
        directory = self._directory(assignment, student)
        settings = settings or self.settings
        with _quiet(self.log) as log, _own_tools():
            step(coursedir=directory, config=settings, log=log, force=True).start()

    def _directory(self, assignment: str, student: str = ".") -> CourseDirectory:
        return CourseDirectory(
            root=str(self.root.resolve()),
            assignment_id=assignment,
            student_id=student,
            config=self.settings,
        )


@contextmanager
def _quiet(path: Path) -> Iterator[logging.Logger]:
    """Send what nbgrader says to a file, and drop what SQLAlchemy says about nbgrader.

    nbgrader 0.9.6 links its rows before it adds them to the session, which is in order.
    """
    log = logging.getLogger("dlcourse.grading")
    file = logging.FileHandler(path, encoding="utf-8")
    file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(file)
    log.setLevel(logging.INFO)
    log.propagate = False
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings(
                "ignore", r"Object of type <Submitted\w+> not in session", SAWarning
            )
            yield log
    finally:
        log.removeHandler(file)
        file.close()


@contextmanager
def _own_tools() -> Iterator[None]:
    """Let nbgrader find alembic, which it starts by name, beside this Python."""
    path = os.environ.get("PATH", os.defpath)
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), path])
    try:
        yield
    finally:
        os.environ["PATH"] = path
