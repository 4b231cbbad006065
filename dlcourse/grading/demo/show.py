"""Show: the road on the demo class, with its progress and its marks in the terminal."""

from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.progress import TimeElapsedColumn as Clock

from dlcourse.grading.road import grade_class, prepare
from dlcourse.grading.sheet import Sheet
from dlcourse.grading.table import make_table

from .make import hand_in, make_course
from .students import ASSIGNMENT, CLASS

__all__ = ["grade_demo"]


def grade_demo(folder: Path, repository: Path) -> Sheet:
    """Make the demo class in a folder, grade it, and show what came out.

    Raises:
        GradingError: if the folder cannot be used or the reference solution fails.
    """
    course = make_course(folder, repository)
    console = Console()
    text = TextColumn("{task.description}")
    with Progress(
        text, BarColumn(), MofNCompleteColumn(), Clock(), console=console
    ) as bar:
        step = bar.add_task("the reference solution", total=len(CLASS) + 1)
        prepare(course, ASSIGNMENT)
        hand_in(course)
        sheet = grade_class(
            course,
            ASSIGNMENT,
            lambda name: bar.update(step, advance=1, description=f"grading {name}"),
        )
        bar.update(step, advance=1, description="graded")
    console.print(make_table(sheet))
    console.print(f"marks     {folder / 'grades.csv'}\nfeedback  {folder / 'feedback'}")
    return sheet
