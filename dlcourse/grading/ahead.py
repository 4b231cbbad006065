"""Ahead: do the sittings of a class side by side, before the one writer of the gradebook.

nbgrader grades one submission after the other, and nearly all the time goes by in their
cells. So each is first read as nbgrader will read it, and its sitting is done in a pool;
the writer then finds it among the sittings done.
"""

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import chdir

import nbformat
from nbgrader.converters import Autograde

from .again import Outputs, merge, part
from .course import Course
from .execute import RunCells
from .pool import Pool, sit_all
from .sitting.job import Job
from .sitting.store import Store
from .submission import SubmissionExporter, refusal

__all__ = ["Ahead", "find_job"]


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
        self.ready: deque[str] = deque()

    def __call__(self, students: Iterable[str], pool: Pool) -> Iterator[str]:
        """Name each student as soon as there is nothing left to wait for."""
        for student, sat in sit_all(pool, self._jobs(students)):
            job, kept = self.whole.pop(student)
            if sat:
                self.store.keep(job, merge(sat, kept))
            self.ready.append(student)
            while self.ready:
                yield self.ready.popleft()
        yield from self.ready

    def _jobs(self, students: Iterable[str]) -> Iterator[tuple[str, Job]]:
        for student in students:
            job = _find(self.course, self.assignment, student)
            if job is None or self.store.find(job):
                self.ready.append(student)
            else:
                left, kept = part(
                    self.course, self.assignment, student, job, self.tasks
                )
                self.whole[student] = job, kept
                yield student, left


def find_job(course: Course, assignment: str, student: str) -> Job | None:
    """Read a submission as nbgrader will; None if there is nothing to run in it."""
    with chdir(course.root):
        exporter = SubmissionExporter(config=course.settings)
        for step in Autograde(config=course.settings).sanitize_preprocessors:
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
            return None
        return RunCells(config=course.settings).job(nb, resources)


def _find(course: Course, assignment: str, student: str) -> Job | None:
    """Find a job; a submission that cannot even be read is left to nbgrader's own report."""
    try:
        return find_job(course, assignment, student)
    except Exception:  # whatever a student hands in, the next one is graded
        return None
