"""Ahead: do the sittings of a class side by side, before the one writer of the gradebook.

nbgrader grades one submission after the other, and nearly all the time goes by in their
cells. So each is first read and put right as nbgrader does it, and its sitting is done in
a pool; the writer gets the notebook, and finds its sitting among those done.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import chdir
from typing import NamedTuple

import nbformat
from nbgrader.converters import Autograde

from .again import Outputs, merge, part
from .course import Course
from .execute import RunCells
from .pool import Pool, sit_all
from .sitting.job import Job
from .sitting.store import Store
from .submission import SubmissionExporter, refusal

__all__ = ["Ahead", "Reading", "read"]


class Reading(NamedTuple):
    """A submission as nbgrader's first steps leave it.

    Attributes:
        text: the notebook; "" if it could not be read.
        job: what there is to run in it; None if there is nothing.
    """

    text: str
    job: Job | None


class Ahead:
    """Does the sittings of a class and keeps them for the writer.

    Args:
        course: where.
        assignment: which.
        tasks: whose checks are put anew; all if empty.
        store: where they are kept.
    """

    def __init__(
        self, course: Course, assignment: str, tasks: Sequence[str], store: Store
    ) -> None:
        self.course, self.assignment = course, assignment
        self.tasks, self.store = tasks, store
        self.whole: dict[str, tuple[Job, Outputs]] = {}
        self.texts: dict[str, str] = {}
        self.ready: deque[str] = deque()

    def __call__(
        self, students: Iterable[str], pool: Pool
    ) -> Iterator[tuple[str, str]]:
        """Give each student and notebook as soon as there is nothing left to wait for."""
        for student, sat in sit_all(pool, self._jobs(students)):
            job, kept = self.whole.pop(student)
            if sat:
                self.store.keep(job, merge(sat, kept))
            self.ready.append(student)
            yield from self._all_ready()
        yield from self._all_ready()

    def _all_ready(self) -> Iterator[tuple[str, str]]:
        while self.ready:
            student = self.ready.popleft()
            yield student, self.texts.pop(student)

    def _jobs(self, students: Iterable[str]) -> Iterator[tuple[str, Job]]:
        for student in students:
            self.texts[student], job = _read(self.course, self.assignment, student)
            if job is None or self.store.find(job):
                self.ready.append(student)
            else:
                left, kept = part(
                    self.course, self.assignment, student, job, self.tasks
                )
                self.whole[student] = job, kept
                yield student, left


def read(course: Course, assignment: str, student: str) -> Reading:
    """Read a submission as nbgrader would."""
    settings = course.settings
    with chdir(course.root):
        exporter = SubmissionExporter(config=settings)
        for step in Autograde(config=settings).sanitize_preprocessors:
            exporter.register_preprocessor(step, enabled=True)
        where = {
            "student": student,
            "assignment": assignment,
            "notebook": assignment,
            "db_url": course.gradebook,
        }
        path = course.notebook("submitted", assignment, student)
        text, resources = exporter.from_filename(str(path), {"nbgrader": where})
        nb = nbformat.reads(text, as_version=4)
        if refusal(nb):
            return Reading(text, None)
        return Reading(text, RunCells(config=settings).job(nb, resources))


def _read(course: Course, assignment: str, student: str) -> Reading:
    """Read a submission; one that stops this is left to nbgrader's own report."""
    try:
        return read(course, assignment, student)
    except Exception:  # whatever a student hands in, the next one is graded
        return Reading("", None)
