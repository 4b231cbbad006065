"""Road: from the reference solution to the marks of a class, for one assignment."""

from collections.abc import Callable

from nbgrader.converters.base import NbGraderException

from .course import Course
from .errors import GradingError
from .reference import run_reference
from .sheet import Sheet, read_sheet, write_csv

__all__ = ["grade_class", "prepare"]


def prepare(course: Course, assignment: str) -> None:
    """Prove the reference solution and release the exercise.

    Raises:
        GradingError: if the solution is missing, fails, or cannot be released.
    """
    run_reference(course, assignment)
    try:
        course.release(assignment)
    except NbGraderException as error:
        raise GradingError(
            f"nbgrader cannot release {assignment}: {course.log} says why"
        ) from error


def grade_class(
    course: Course, assignment: str, report: Callable[[str], None] = lambda _: None
) -> Sheet:
    """Grade everyone who handed something in, give feedback, write ``grades.csv``.

    A submission that nbgrader cannot grade is a row with the reason, and the next one
    is graded all the same.

    Args:
        course: where.
        assignment: what; it has been prepared.
        report: told the name of each student when their turn comes.
    """
    failures = {}
    for student in course.students(assignment):
        report(student)
        try:
            course.autograde(assignment, student)
            course.give_feedback(assignment, student)
        except NbGraderException:
            failures[student] = f"not graded, a person has to: {course.log} says why"
    sheet = read_sheet(course, assignment, failures)
    write_csv(sheet, course.root / "grades.csv")
    return sheet
