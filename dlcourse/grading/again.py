"""Again: put some checks of a graded submission anew and keep what the others said."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import nbformat

from .course import Course
from .sitting.job import Job, Sat, cells_of
from .verdicts import is_check

__all__ = ["Outputs", "merge", "part"]

Outputs = dict[int, list[dict[str, Any]]]
"""Of cells, by their place."""


def part(
    course: Course, assignment: str, student: str, job: Job, tasks: Sequence[str]
) -> tuple[Job, Outputs]:
    """Cut a job down to some tasks, if the same work has been graded before.

    Args:
        course: where.
        assignment: which.
        student: whose.
        job: the whole of it.
        tasks: whose checks are put anew; all if empty.

    Returns:
        The job that is left, and the outputs that are kept.
    """
    path = course.notebook("autograded", assignment, student)
    if not tasks or not path.is_file():
        return job, {}
    nb = nbformat.read(path, as_version=4)
    if cells_of(nb) != job.cells:  # handed in again since
        return job, {}
    kept = {
        place: cell.outputs
        for place, cell in enumerate(nb.cells)
        if is_check(cell) and cell.metadata.nbgrader.grade_id not in tasks
    }
    return replace(job, tasks=tuple(tasks)), kept


def merge(sat: Sat, kept: Outputs) -> Sat:
    """Add what is kept to what came of a sitting."""
    return replace(sat, outputs={**sat.outputs, **kept})
