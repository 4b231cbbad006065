"""Grading: submissions a minute, ours against nbgrader's own executor, on the same notebooks.

Both run the whole of ``nbgrader autograde`` in this process, one submission in turn, and
differ in the executor alone. Run it with ``python -m benchmarks.grading``.
"""

import sys
import tempfile
from pathlib import Path
from statistics import median

from benchmarks.rounds import compare
from dlcourse.grading.course import SETTINGS, Course
from dlcourse.grading.demo.make import hand_in, make_course
from dlcourse.grading.demo.students import ASSIGNMENT

STOCK = """
c.Autograde.autograde_preprocessors = [
    "nbgrader.preprocessors.Execute",
    *c.Autograde.autograde_preprocessors[1:],
]
"""
STUDENTS = ("ada", "chen")


def make(folder: Path, repository: Path, extra: str = "") -> Course:
    """Make the demo class in a folder, with more settings."""
    course = make_course(folder, repository)
    with (folder / SETTINGS).open("a", encoding="utf-8") as file:
        file.write(extra)
    course.release(ASSIGNMENT)
    hand_in(course)
    return course


def main(rounds: int = 3) -> None:
    """Print the ratio of the two in time for each of some students."""
    repository = Path.cwd()
    with tempfile.TemporaryDirectory() as folder:
        ours = make(Path(folder) / "ours", repository)
        stock = make(Path(folder) / "stock", repository, STOCK)
        ratios = []
        print("ours over nbgrader's in time, median [quartiles], nbgrader's time")
        for student in STUDENTS:
            ratio = compare(
                lambda who=student: ours.autograde(ASSIGNMENT, who),
                lambda who=student: stock.autograde(ASSIGNMENT, who),
                rounds,
            )
            ratios.append(ratio)
            print(f"{student:8}{ratio}")
    seconds = median(ratio.median * ratio.theirs for ratio in ratios)
    print(f"one submission: about {seconds:.2f} s, {60 / seconds:.0f} a minute")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
