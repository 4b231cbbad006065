"""Export: the marks of the gradebook as Canvas and Moodle import them.

Both are nbgrader's export plugins, so its own command writes the files::

    nbgrader export --exporter=dlcourse.grading.export.CanvasExport --to canvas.csv
    nbgrader export --exporter=dlcourse.grading.export.MoodleExport --to moodle.csv

A row is a student, a column an assignment, ``--student`` and ``--assignment`` choose among
them. A mark is what counts: with a late penalty taken off, and only once nothing of the
submission waits for a person. Names come from students and a spreadsheet would run one
that begins like a formula, so it is written as text.

Formats: Canvas, ``lib/gradebook_importer.rb`` in its repository instructure/canvas-lms;
Moodle, https://docs.moodle.org/en/Grade_import and ``grade/import/csv`` in moodle/moodle;
formulas, OWASP, "CSV Injection".
"""

import csv
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from nbgrader.api import (
    Assignment,
    Grade,
    Gradebook,
    Student,
    SubmittedAssignment,
    SubmittedNotebook,
)
from nbgrader.plugins import ExportPlugin
from sqlalchemy import and_, case, func, or_
from traitlets import Unicode

__all__ = ["CanvasExport", "MoodleExport", "as_text"]

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""How a field begins that a spreadsheet takes for a formula."""

Field = str | float


class _Table(ExportPlugin):
    """Students in rows, assignments in columns."""

    missing = Unicode(
        "", help="What stands where nothing was handed in: '0' counts it as no points."
    ).tag(config=True)
    name = ""
    about: tuple[str, ...] = ()

    def export(self, gradebook: Gradebook) -> None:
        """Write the file that ``--to`` names."""
        path = Path(self.to or self.name)
        self.log.info("Exporting marks to %s", path)
        with path.open("w", newline="", encoding="utf-8") as file:
            # Quoted, no field can begin another, whatever separates them here.
            writer = csv.writer(file, quoting=csv.QUOTE_NONNUMERIC)
            writer.writerows(self._rows(gradebook))

    def _rows(self, gradebook: Gradebook) -> Iterator[list[Field]]:
        chosen = [
            assignment
            for assignment in gradebook.assignments
            if not self.assignment or assignment.name in map(str, self.assignment)
        ]
        marks = [self._marks(gradebook, assignment) for assignment in chosen]
        yield [*self.about, *(as_text(assignment.name) for assignment in chosen)]
        yield from self._under_the_head(chosen)
        for student in sorted(gradebook.students, key=_order):
            if not self.student or student.id in map(str, self.student):
                who = map(as_text, self._describe(student))
                yield [*who, *(each.get(student.id, self.missing) for each in marks)]

    def _marks(self, gradebook: Gradebook, assignment: Assignment) -> dict[str, Field]:
        """List what counts, by student; what waits for a person has no mark yet."""
        marks: dict[str, Field] = {}
        for who, points, waits in _points(gradebook, assignment):
            marks[who] = "" if waits else round(points, 2)
            if waits:
                self.log.warning(
                    "%s of %s has no mark yet: grade it in formgrader, then export again",
                    assignment.name,
                    who,
                )
        return marks

    def _under_the_head(self, chosen: list[Assignment]) -> Iterator[list[Field]]:
        yield from ()

    def _describe(self, student: Student) -> tuple[str | None, ...]:
        raise NotImplementedError


class CanvasExport(_Table):
    """The file that Canvas takes under Grades, Import.

    Canvas knows a student by its own number (``lms_user_id`` in the gradebook), else by the
    login, which is nbgrader's student id. A second row says what an assignment is worth.
    """

    name = "canvas.csv"
    about = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")

    def _under_the_head(self, chosen: list[Assignment]) -> Iterator[list[Field]]:
        worth = [assignment.max_score for assignment in chosen]
        yield ["    Points Possible", *[""] * (len(self.about) - 1), *worth]

    def _describe(self, student: Student) -> tuple[str | None, ...]:
        names = filter(None, (student.last_name, student.first_name))
        return (", ".join(names) or student.id, student.lms_user_id, "", student.id, "")


class MoodleExport(_Table):
    """The file that Moodle takes under Grades, Import, CSV file.

    Moodle asks which column says who it is: map "Username" or "Email address". The columns
    are called as Moodle's own export calls them.
    """

    missing = Unicode(
        "-", help="What stands where nothing was handed in; Moodle's dash is no grade."
    ).tag(config=True)
    name = "moodle.csv"
    about = ("First name", "Last name", "Username", "Email address")

    def _describe(self, student: Student) -> tuple[str | None, ...]:
        return student.first_name, student.last_name, student.id, student.email


def _points(
    gradebook: Gradebook, assignment: Assignment
) -> Iterator[tuple[str, float, bool]]:
    """Read all submissions at once: who, what counts, whether some of it has no mark."""
    unmarked = or_(
        Grade.id.is_(None),  # nothing of it has been graded
        Grade.needs_manual_grade,
        and_(Grade.auto_score.is_(None), Grade.manual_score.is_(None)),
    )
    who, late = (
        SubmittedAssignment.student_id,
        SubmittedNotebook.late_submission_penalty,
    )
    rows = (
        gradebook.db.query(
            who, func.sum(Grade.score), late, func.max(case((unmarked, 1), else_=0))
        )
        .select_from(SubmittedAssignment)
        .outerjoin(SubmittedNotebook)
        .outerjoin(Grade)
        .filter(SubmittedAssignment.assignment_id == assignment.id)
        .group_by(who, SubmittedNotebook.id, late)
        .order_by(who)
    )
    for student, notebooks in groupby(rows, key=itemgetter(0)):
        _, scores, penalties, waits = zip(*notebooks, strict=True)
        points = sum(filter(None, scores)) - sum(filter(None, penalties))
        yield student, max(0.0, points), any(waits)


def _order(student: Student) -> tuple[str, ...]:
    return student.last_name or "", student.first_name or "", student.id


def as_text(field: str | None) -> str:
    """Write a field so that a spreadsheet shows it and does not run it.

    >>> as_text("=1+1"), as_text("Ada"), as_text(None)
    ("'=1+1", 'Ada', '')
    """
    text = field or ""
    return f"'{text}" if text.startswith(FORMULA) else text
