"""Show: a class graded in the terminal, with its progress and its marks."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.progress import TimeElapsedColumn as Clock

from .course import Course
from .road import grade_class
from .sheet import Sheet
from .table import make_summary, make_table

__all__ = ["show_class"]


def show_class(
    course: Course, assignment: str, *, students: Sequence[str] = (), **options: Any
) -> Sheet:
    """Grade and show how far it is, then the marks and what each task came to.

    Args:
        course: where.
        assignment: what; it has been prepared.
        students: whose work; everyone's if empty.
        options: those of :func:`.road.grade_class`.
    """
    console = Console()
    text = TextColumn("{task.description}")
    with Progress(
        text, BarColumn(), MofNCompleteColumn(), Clock(), console=console
    ) as bar:
        step = bar.add_task(
            "grading", total=len(students or course.students(assignment))
        )

        def report(name: str) -> None:
            bar.update(step, advance=1, description=f"graded {name}")

        sheet = grade_class(
            course, assignment, students=students, report=report, **options
        )
    console.print(make_table(sheet))
    console.print(make_summary(sheet))
    _say_where(console, course.root)
    return sheet


def _say_where(console: Console, root: Path) -> None:
    console.print(f"marks     {root / 'grades.csv'}\nfeedback  {root / 'feedback'}")
