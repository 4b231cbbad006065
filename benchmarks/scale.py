"""Scale: a class of a thousand, graded by two workers; what one more submission costs.

The time is noted at every hundredth submission, so that a cost which grows with the
gradebook would show. Every copy of a student must have that student's marks.

Run it with ``python -m benchmarks.scale``, or name another number of submissions.
"""

import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

from benchmarks.grading import WORKERS, graded, make
from dlcourse.grading.course import Course
from dlcourse.grading.demo.students import ASSIGNMENT
from dlcourse.grading.pool import local
from dlcourse.grading.sheet import read_sheet

SIZE, STEP = 1000, 100


def main(size: int = SIZE) -> None:
    """Print the seconds of each hundred submissions, then of their feedback."""
    with tempfile.TemporaryDirectory() as folder:
        course = make(Path(folder) / "course", Path.cwd(), size=size)
        began = before = time.perf_counter()
        with local(WORKERS) as pool:
            everyone = graded(pool, course, course.students(ASSIGNMENT))
            for done, _ in enumerate(everyone, start=1):
                if done % STEP == 0:
                    now = time.perf_counter()
                    each = (now - before) / STEP
                    print(f"{done:5} graded: {each:.2f} s each of the last", flush=True)
                    before = now
        print(f"{(time.perf_counter() - began) / size:.2f} s each in all")
        compare(course)
        began = time.perf_counter()
        course.give_feedback(ASSIGNMENT)
        print(f"{(time.perf_counter() - began) / size:.2f} s each for feedback")


def compare(course: Course) -> None:
    """Say how many have marks, and whether copies of one notebook have the same."""
    marks = defaultdict(set)
    sheet = read_sheet(course, ASSIGNMENT, {})
    for row in sheet.rows:
        path = course.notebook("submitted", ASSIGNMENT, row.student)
        marks[path.read_bytes()].add(tuple(row.points.items()))
    unequal = sum(len(different) > 1 for different in marks.values())
    print(f"{len(sheet.rows)} have marks; {len(marks)} notebooks, {unequal} unequal")


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
