"""Road: from the reference solution to the marks of a class, for one assignment."""

from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress

from nbgrader.converters.base import NbGraderException

from .ahead import Ahead
from .course import Course
from .errors import GradingError
from .execute import RunCells
from .pool import Pool, local
from .reference import prove
from .sandbox.choice import find_sandbox
from .sheet import Sheet, read_sheet, write_csv
from .sitting.store import Store

__all__ = ["grade_class", "prepare"]


def prepare(course: Course, assignment: str) -> None:
    """Prove the sandbox and the reference solution, then release the exercise.

    Raises:
        GradingError: if there is no sandbox, or the solution is missing, is wrong, or
            cannot be released.
    """
    find_sandbox(unsandboxed=RunCells(config=course.settings).unsandboxed)
    for proof in prove(course, assignment):
        if proof.shortfall:
            raise GradingError(
                f"the reference solution fails the hidden cases of {proof.task}, so nobody "
                f"was graded; correct it or its check first: {proof.shortfall}"
            )
    try:
        course.release(assignment)
    except NbGraderException as error:
        raise GradingError(
            f"nbgrader cannot release {assignment}: {course.log} says why"
        ) from error


def grade_class(
    course: Course,
    assignment: str,
    *,
    students: Sequence[str] = (),
    tasks: Sequence[str] = (),
    pool: Pool | None = None,
    resume: bool = False,
    report: Callable[[str], None] = lambda _: None,
) -> Sheet:
    """Grade those who handed something in, give feedback, write ``grades.csv``.

    A submission that nbgrader cannot grade is a row with the reason, and the next one
    is graded all the same.

    Args:
        course: where.
        assignment: what; it has been prepared.
        students: whose work; everyone's if empty.
        tasks: whose checks are put anew, where the same work has been graded before; all
            if empty.
        pool: does the sittings; one at a time on this machine if None.
        resume: take up what an earlier run has done.
        report: told the name of each student whose work has been graded.
    """
    store = Store(course.root)
    if not resume:
        store.clear()
    chosen = students or course.students(assignment)
    failures = {}
    with local(1) if pool is None else nullcontext(pool) as pool:
        for student, text in Ahead(course, assignment, tasks, store)(chosen, pool):
            # Once more, from the file: what stopped the first may have been this machine's.
            if not any(
                _autograde(course, assignment, student, ready) for ready in (text, "")
            ):
                failures[student] = _explain(course, assignment, student)
            report(student)
    give_feedback(course, assignment, students)
    sheet = read_sheet(course, assignment, failures)
    write_csv(sheet, course.root / "grades.csv")
    store.clear()
    return sheet


def give_feedback(course: Course, assignment: str, students: Sequence[str]) -> None:
    """Write the feedback of some students, or of all; one that fails stops no other."""
    for student in students or ("",):
        with suppress(NbGraderException):  # the log says why, and the marks stand
            course.give_feedback(assignment, student)


def _autograde(course: Course, assignment: str, student: str, ready: str) -> bool:
    """Grade a submission; say whether it has marks now."""
    try:
        course.autograde(assignment, student, ready)
    except NbGraderException:
        return False
    return True


def _explain(course: Course, assignment: str, student: str) -> str:
    """Say why there are no marks and what to do."""
    path = course.notebook("submitted", assignment, student)
    if path.exists():
        return f"not graded, a person has to: {course.log} says why"
    others = ", ".join(sorted(other.name for other in path.parent.glob("*.ipynb")))
    found = f"there is {others}: rename it" if others else "ask for it"
    return f"not graded: no {path.name} was handed in; {found}"
