"""Show: the road on the demo class, with its progress and its marks in the terminal."""

from pathlib import Path

from dlcourse.grading.road import prepare
from dlcourse.grading.sheet import Sheet
from dlcourse.grading.show import show_class

from .make import hand_in, make_course
from .students import ASSIGNMENT

__all__ = ["grade_demo"]


def grade_demo(folder: Path, repository: Path) -> Sheet:
    """Make the demo class in a folder, grade it, and show what came out.

    Raises:
        GradingError: if the folder cannot be used or the reference solution fails.
    """
    course = make_course(folder, repository)
    prepare(course, ASSIGNMENT)
    hand_in(course)
    return show_class(course, ASSIGNMENT)
