"""Grading: a class of forty, ours with two workers against nbgrader's own executor.

Both take the same notebooks through the whole of ``nbgrader autograde`` and into a
gradebook; they differ in the executor and in how many sittings are done at once. The
class is graded in batches, ours and nbgrader's in turn. Feedback is left out of both.

Run it with ``python -m benchmarks.grading``.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import cycle, islice
from pathlib import Path

from dlcourse.grading.ahead import Ahead
from dlcourse.grading.course import SETTINGS, Course
from dlcourse.grading.demo.make import hand_in, make_course
from dlcourse.grading.demo.students import ASSIGNMENT, CLASS
from dlcourse.grading.pool import Pool, local
from dlcourse.grading.road import prepare
from dlcourse.grading.sheet import read_sheet
from dlcourse.grading.sitting.store import Store

STOCK = """
c.Autograde.autograde_preprocessors = [
    "nbgrader.preprocessors.Execute",
    *c.Autograde.autograde_preprocessors[1:],
]
"""
SIZE, BATCH, WORKERS = 40, 8, 2
LEFT_OUT = {"goran"}
"""Whoever waits for a time limit would only measure the limit."""


def make(folder: Path, repository: Path, extra: str = "", size: int = SIZE) -> Course:
    """Make a class from copies of the demo's students, with more settings."""
    course = make_course(folder, repository)
    with (folder / SETTINGS).open("a", encoding="utf-8") as file:
        file.write(extra)
    prepare(course, ASSIGNMENT)
    kinds = [student for student in CLASS if student.name not in LEFT_OUT]
    everyone = islice(cycle(kinds), size)
    hand_in(
        course,
        [replace(kind, name=f"s{place:04}") for place, kind in enumerate(everyone)],
    )
    return course


def graded(pool: Pool, course: Course, students: list[str]) -> Iterator[str]:
    """Grade as ``dlcourse grade --jobs 2`` does, and name each student who is done."""
    store = Store(course.root)
    for student, text in Ahead(course, ASSIGNMENT, (), store)(students, pool):
        course.autograde(ASSIGNMENT, student, text)
        yield student
    store.clear()


def ours(pool: Pool, course: Course, students: list[str]) -> None:
    """Grade by workers that are there already."""
    for _ in graded(pool, course, students):
        pass


def stock(course: Course, students: list[str]) -> None:
    """Grade as ``nbgrader autograde`` does."""
    for student in students:
        course.autograde(ASSIGNMENT, student)


def timed(grade: Callable[..., None], *arguments: object) -> float:
    """Seconds that a batch takes."""
    began = time.perf_counter()
    grade(*arguments)
    return time.perf_counter() - began


def main() -> None:
    """Print seconds a submission of both, and where their marks differ."""
    with tempfile.TemporaryDirectory() as folder:
        courses = [
            make(Path(folder) / "ours", Path.cwd()),
            make(Path(folder) / "stock", Path.cwd(), STOCK),
        ]
        everyone = courses[0].students(ASSIGNMENT)
        seconds = [0.0, 0.0]
        with local(WORKERS) as pool:
            for begin in range(0, SIZE, BATCH):
                batch = everyone[begin : begin + BATCH]
                seconds[0] += timed(ours, pool, courses[0], batch)
                seconds[1] += timed(stock, courses[1], batch)
                each = [total / (begin + len(batch)) for total in seconds]
                print(
                    f"{begin + len(batch):3} graded: ours {each[0]:.2f} s each, "
                    f"nbgrader's {each[1]:.2f} s, ratio {each[1] / each[0]:.1f}",
                    flush=True,
                )
        _compare(*courses)


def _compare(mine: Course, theirs: Course) -> None:
    """Marks are the same but where ours gives a share of the points."""
    sheets = [read_sheet(course, ASSIGNMENT, {}) for course in (mine, theirs)]
    same = shares = 0
    for one, other in zip(*(sheet.rows for sheet in sheets), strict=True):
        for task, points in one.points.items():
            if points == other.points[task]:
                same += 1
            elif 0 < points < sheets[0].full[task] and other.points[task] == 0:
                shares += 1
            else:
                print(f"{one.student} {task}: {points} and {other.points[task]}")
    print(
        f"{same} marks are the same; {shares} are a share where nbgrader gives nothing"
    )


if __name__ == "__main__":
    sys.exit(main())
