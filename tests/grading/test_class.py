"""Class: many submissions at once, stopped and taken up again, and always the same marks."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dlcourse.grading import pool
from dlcourse.grading.course import Course
from dlcourse.grading.road import grade_class
from dlcourse.grading.sheet import Sheet, read_sheet
from dlcourse.grading.sitting.job import Job, sit
from tests.grading.classroom import ASSIGNMENT, HONEST, fill, make_classroom, write

SIZE = 200


def marks(sheet: Sheet) -> dict[str, float | None]:
    return {row.student: row.total for row in sheet.rows}


@pytest.fixture(scope="module")
def classroom(tmp_path_factory, root, sandbox) -> tuple[Course, dict[str, float]]:
    course = make_classroom(tmp_path_factory.mktemp("course"), root)
    return course, fill(course, SIZE)


@pytest.fixture(scope="module")
def side_by_side(classroom) -> Sheet:
    course, _ = classroom
    with pool.local(2) as two:
        return grade_class(course, ASSIGNMENT, pool=two)


def test_of_two_hundred_none_is_left_out(classroom, side_by_side):
    assert marks(side_by_side) == classroom[1]


def test_nothing_is_kept_of_a_run_that_came_to_its_end(classroom, side_by_side):
    assert not (classroom[0].root / ".sittings").exists()


def test_one_after_the_other_gives_the_same_marks_again(classroom, side_by_side):
    course, _ = classroom
    some = [row.student for row in side_by_side.rows[10:30]]
    assert grade_class(course, ASSIGNMENT, students=some) == side_by_side


def grade_in_a_process(course: Course, *options: str) -> subprocess.Popen:
    command = [sys.executable, "-m", "dlcourse.grading.command", "grade", ASSIGNMENT]
    return subprocess.Popen(
        [*command, *options],
        cwd=course.root,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )


def kept(course: Course) -> list[Path]:
    return [*(course.root / ".sittings").glob("*.json")]


def test_a_run_that_is_killed_can_be_resumed(tmp_path, root, sandbox):
    course = make_classroom(tmp_path / "course", root)
    worth = fill(course, 20)
    draw = random.Random(0)
    for least in (0, draw.randint(2, 6), draw.randint(7, 14)):
        run = grade_in_a_process(course, "--resume")
        while run.poll() is None and len(kept(course)) <= least:
            time.sleep(0.05)
        os.killpg(run.pid, signal.SIGKILL)
        assert run.wait() == -signal.SIGKILL
    assert grade_in_a_process(course, "--resume").wait() == 0
    assert marks(read_sheet(course, ASSIGNMENT, {})) == worth


@pytest.fixture
def sittings(monkeypatch) -> list[Job]:
    """What is sat from now on."""
    asked = []
    monkeypatch.setattr(pool, "sit", lambda job: asked.append(job) or sit(job))
    return asked


def test_a_resumed_run_sits_nothing_twice(tmp_path, root, sandbox, sittings):
    course = make_classroom(tmp_path / "course", root)
    for name, (change, _) in HONEST.items():
        write(course, name, change)

    def stop(name: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        grade_class(course, ASSIGNMENT, report=stop)
    stored = len(kept(course))
    sittings.clear()
    sheet = grade_class(course, ASSIGNMENT, resume=True)
    assert len(sittings) == len(HONEST) - stored < len(HONEST)
    assert marks(sheet) == {name: points for name, (_, points) in HONEST.items()}


def test_one_task_anew_keeps_the_other_marks(tmp_path, root, sandbox, sittings):
    course = make_classroom(tmp_path / "course", root, "single_step")
    write(course, "ada", HONEST["right"][0])
    first = grade_class(course, ASSIGNMENT)
    assert grade_class(course, ASSIGNMENT, tasks=["single_step"]) == first
    assert [job.tasks for job in sittings] == [(), ("single_step",)]


def test_work_handed_in_anew_is_graded_whole(tmp_path, root, sandbox, sittings):
    course = make_classroom(tmp_path / "course", root, "single_step")
    write(course, "ada", HONEST["wrong"][0])
    grade_class(course, ASSIGNMENT)
    course.notebook("submitted", ASSIGNMENT, "ada").unlink()
    write(course, "ada", HONEST["right"][0])
    sheet = grade_class(course, ASSIGNMENT, tasks=["single_step"])
    assert marks(sheet) == {"ada": 2}
