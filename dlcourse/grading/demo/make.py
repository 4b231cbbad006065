"""Make: a course folder with the submissions of the demo class."""

import copy
import shutil
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from dlcourse.grading.course import SETTINGS, Course
from dlcourse.grading.errors import GradingError

from .edits import fill_in
from .students import ASSIGNMENT, CLASS, Student

__all__ = ["hand_in", "make_course"]

SHORT = """
c.RunCells.check_timeout = 8  # seconds; the demo has a loop without an end
"""
MADE = ".demo"
"""Marks a folder that the demo made and may make anew."""


def make_course(root: Path, repository: Path) -> Course:
    """Make a course folder with the settings and the solution of the repository.

    Raises:
        GradingError: if the folder holds something else, or the repository is none.
    """
    if not (repository / "solutions" / ASSIGNMENT).is_dir():
        raise GradingError(
            f"{repository} has no solutions/{ASSIGNMENT}: start the demo in the dlcourse "
            "repository"
        )
    if (root / MADE).exists():
        shutil.rmtree(root)
    root.mkdir(parents=True, exist_ok=True)
    if any(root.iterdir()):
        raise GradingError(
            f"{root} holds files that the demo did not make: name an empty folder"
        )
    (root / MADE).touch()
    settings = (repository / SETTINGS).read_text(encoding="utf-8")
    (root / SETTINGS).write_text(settings + SHORT, encoding="utf-8")
    shutil.copytree(
        repository / "solutions" / ASSIGNMENT, root / "solutions" / ASSIGNMENT
    )
    return Course(root)


def hand_in(course: Course, students: Iterable[Student] = CLASS) -> None:
    """Write everyone's notebook into the folder of submissions."""
    release, solution = (
        nbformat.read(course.notebook(step, ASSIGNMENT), as_version=4)
        for step in ("release", "source")
    )
    for student in students:
        path = course.notebook("submitted", ASSIGNMENT, student.name)
        path.parent.mkdir(parents=True)
        path.write_text(_write(student, release, solution), encoding="utf-8")


def _write(student: Student, release: NotebookNode, solution: NotebookNode) -> str:
    nb = copy.deepcopy(release)
    if student.wrote:
        fill_in(nb, solution)
    for edit in student.edits:
        edit(nb)
    text = nbformat.writes(nb)
    return text[: round(len(text) * student.sent)]
