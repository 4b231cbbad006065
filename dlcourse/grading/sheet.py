"""Sheet: the marks of a class in one assignment, and ``grades.csv``."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import nbformat
from nbgrader.api import Gradebook, SubmittedAssignment

from .course import Course
from .remarks import reasons, remark
from .verdicts import is_check

__all__ = ["Row", "Sheet", "read_sheet", "write_csv"]


@dataclass(frozen=True)
class Row:
    """One student's marks.

    Attributes:
        student: who.
        points: by task; empty if the submission could not be graded.
        total: what counts, with a late penalty taken off; None if it was not graded.
        remark: why points are missing, or why a person should look.
        reasons: why a task fell short, in a few words, by task.
    """

    student: str
    points: Mapping[str, float]
    total: float | None
    remark: str
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sheet:
    """The marks of a class.

    Attributes:
        assignment: the exercise.
        full: points a task is worth, in the order of the exercise.
        rows: one for each student.
    """

    assignment: str
    full: Mapping[str, float]
    rows: tuple[Row, ...]

    @property
    def most(self) -> float:
        """Points that the whole exercise is worth."""
        return sum(self.full.values())


def read_sheet(course: Course, assignment: str, failures: Mapping[str, str]) -> Sheet:
    """Read the marks from the gradebook.

    Args:
        course: where.
        assignment: of which exercise.
        failures: why a submission has no marks, by student.
    """
    released = nbformat.read(course.notebook("release", assignment), as_version=4)
    full = {
        cell.metadata.nbgrader.grade_id: float(cell.metadata.nbgrader.points)
        for cell in released.cells
        if is_check(cell)
    }
    failed = [Row(student, {}, None, why) for student, why in failures.items()]
    with Gradebook(course.gradebook) as book:
        graded = [
            _read_row(course, submission, full)
            for submission in book.assignment_submissions(assignment)
            if submission.student.id not in failures
        ]
    rows = sorted(failed + graded, key=lambda row: row.student)
    return Sheet(assignment, full, tuple(rows))


def _read_row(
    course: Course, submission: SubmittedAssignment, full: Mapping[str, float]
) -> Row:
    student, assignment = submission.student.id, submission.assignment.name
    scores = {
        grade.name: grade.score
        for notebook in submission.notebooks
        for grade in notebook.grades
    }
    path = course.notebook("autograded", assignment, student)
    graded = nbformat.read(path, as_version=4)
    return Row(
        student,
        {task: scores[task] for task in full},
        max(0.0, submission.score - (submission.late_submission_penalty or 0.0)),
        remark(graded),
        reasons(graded),
    )


def write_csv(sheet: Sheet, path: Path) -> None:
    """Write the marks as a table that spreadsheets read.

    Columns: student, assignment, one for each task, total, max, remark. Fields of a
    submission that could not be graded are empty.
    """
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(
            ["student", "assignment", *sheet.full, "total", "max", "remark"]
        )
        for row in sheet.rows:
            points = [row.points.get(task, "") for task in sheet.full]
            total = "" if row.total is None else row.total
            writer.writerow(
                [row.student, sheet.assignment, *points, total, sheet.most, row.remark]
            )
