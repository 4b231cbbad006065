"""Grade: a class, from the command line."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path

from dlcourse.grading.course import Course
from dlcourse.grading.errors import GradingError
from dlcourse.grading.pool import Pool, cluster, local
from dlcourse.grading.road import prepare
from dlcourse.grading.show import show_class

__all__ = ["grade"]


def grade(
    folder: Path,
    assignment: str,
    *,
    students: Iterable[str],
    tasks: Iterable[str],
    jobs: int,
    dask: str | None,
    resume: bool,
) -> int:
    """Grade; return 0 if everyone has marks, 1 if a person has to look at someone's work.

    Raises:
        GradingError: if nothing can be graded.
    """
    course = Course(folder)
    students = tuple(students)
    _expect(course, assignment, students)
    with _pool(jobs, dask) as pool:
        prepare(course, assignment)
        sheet = show_class(
            course,
            assignment,
            students=students,
            tasks=tuple(tasks),
            pool=pool,
            resume=resume,
        )
    return int(any(row.total is None for row in sheet.rows))


def _pool(jobs: int, dask: str | None) -> AbstractContextManager[Pool]:
    return cluster(dask) if dask else local(jobs)


def _expect(course: Course, assignment: str, students: tuple[str, ...]) -> None:
    """Refuse to go on if there is no work to grade."""
    there = course.students(assignment)
    if not there:
        place = course.notebook("submitted", assignment, "STUDENT")
        raise GradingError(
            f"nobody has handed in {assignment}: put each notebook at {place}"
        )
    for name in students:
        if name not in there:
            raise GradingError(f"{name} has not handed in {assignment}")
