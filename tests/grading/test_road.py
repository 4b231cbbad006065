"""The road on the demo class: its marks, its feedback, and what nobody must see."""

import csv
import os
import re
import stat
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import nbformat
import psutil
import pytest
from nbgrader.api import Gradebook

from dlcourse.checks import convolution as page
from dlcourse.grading.secret import course_secret, student_seed
from dlcourse.grading.sheet import read_sheet

TASKS = (
    "zero_pad",
    "single_step",
    "output_size",
    "naive_conv2d",
    "im2col",
    "conv2d",
    "conv2d_backward",
)
FULL = dict(zip(TASKS, (2, 2, 2, 4, 4, 3, 3), strict=True))
WRONG = {
    "ada": (),
    "ben": TASKS,
    "chen": ("zero_pad", "output_size"),
    "dana": ("single_step", "im2col"),
    "emil": ("naive_conv2d", "conv2d", "conv2d_backward"),
    "fatima": ("conv2d_backward",),
    "goran": ("naive_conv2d",),
    "hiro": (),
    "ines": (),
    "jo": TASKS,
}
REMARKS = {
    "ada": "",
    "ben": "not written yet",
    "chen": "zero_pad: the padding lies on one side only; "
    "output_size: the first window is not counted",
    "dana": "single_step: the bias is added to every product; "
    "im2col: the entries of a window are in the order kh, kw, channel",
    "emil": "naive_conv2d: the window moves by one cell whatever the stride; "
    "conv2d: the bias is missing; "
    "conv2d_backward: the gradient of the bias is summed over the batch only",
    "fatima": "conv2d_backward: a cell before it stopped with SyntaxError: "
    "expected ':' (line 1)",
    "goran": "naive_conv2d: it ran longer than 8 seconds",
    "hiro": "the cell im2col was missing and has been put back",
    "ines": "the cell zero_pad is there 2 times and counts once",
    "jo": "the file is not a notebook (not JSON)",
}


@pytest.fixture
def rows(graded):
    return {row.student: row for row in graded.sheet.rows}


def worth(graded, student: str, task: str) -> float:
    """What the check here says of a mistake: the share of the cases that it gets right."""
    check = getattr(page, task)
    known = {mistake.name: mistake.function for mistake in check.mistakes}
    said = dict(
        part.split(": ", 1) for part in REMARKS[student].split("; ") if ": " in part
    )
    if task not in WRONG[student]:
        return FULL[task]
    if said.get(task) not in known:
        return 0
    seed = student_seed(course_secret(graded.course.root), student, "convolution")
    # The wrong answers of the package may stand on what a student must not use.
    check = replace(check, forbidden=(), operations=None)
    verdict = check.judge(known[said[task]], seed, hidden=True)
    return round(FULL[task] * verdict.passed / verdict.total, 2)


def test_everyone_is_on_the_sheet(graded, rows):
    assert list(rows) == list(WRONG)
    assert graded.sheet.full == FULL
    assert graded.sheet.most == 20


@pytest.mark.parametrize("student", WRONG)
def test_marks(graded, rows, student):
    row = rows[student]
    said = REMARKS[student]
    if len(WRONG[student]) < len(TASKS):
        assert row.points == {task: worth(graded, student, task) for task in TASKS}
    else:
        assert set(row.points.values()) == {0}
    assert row.total == pytest.approx(sum(row.points.values()))
    assert row.remark == said


def test_the_terminal_shows_the_table_and_nothing_of_the_tools(graded, rows):
    assert graded.errors == ""
    for student, row in rows.items():
        points = [f"{value:g}" for value in (*row.points.values(), row.total)]
        cells = [student, *points]
        assert any(line.split()[:9] == cells for line in graded.shown.splitlines())
    for noise in ("WARN", "INFO", "Traceback", "nbgrader"):
        assert noise not in graded.shown


def test_the_csv_says_what_the_gradebook_says(graded):
    with (graded.course.root / "grades.csv").open(encoding="utf-8") as file:
        written = {line["student"]: line for line in csv.DictReader(file)}
    with Gradebook(graded.course.gradebook) as book:
        for submission in book.assignment_submissions("convolution"):
            line = written.pop(submission.student.id)
            assert float(line["total"]) == submission.score
            assert float(line["max"]) == submission.max_score
            for grade in submission.notebooks[0].grades:
                assert float(line[grade.name]) == grade.score
                assert not grade.needs_manual_grade
    assert not written


FOR_THE_INSTRUCTOR = {"hiro", "ines"}


@pytest.mark.parametrize("student", sorted(set(WRONG) - FOR_THE_INSTRUCTOR))
def test_feedback_names_the_mistake(graded, student):
    page = graded.feedback(student)
    for failure in filter(None, REMARKS[student].split("; ")):
        assert failure in page


@pytest.mark.parametrize("student", WRONG)
def test_feedback_holds_no_hidden_case(graded, student):
    """Cases are tensors of numbers with many digits; but for formulas nothing else has any."""
    page = re.sub(r"<math.*?</math>", "", graded.feedback(student), flags=re.DOTALL)
    assert "tensor(" not in page
    assert "was called with" not in page
    assert not re.findall(r"\d\.\d{3}", page)


def test_a_seed_belongs_to_a_student_an_exercise_and_a_course():
    seed = student_seed(b"one", "ada", "convolution")
    assert seed == student_seed(b"one", "ada", "convolution")
    others = {("ben", "convolution"), ("ada", "padding"), ("adac", "onvolution")}
    seeds = {student_seed(b"one", *other) for other in others}
    assert len(seeds | {seed, student_seed(b"two", "ada", "convolution")}) == 5


def test_the_secret_is_the_owners_alone(graded):
    secret = graded.course.root / ".secret"
    assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert course_secret(graded.course.root) == secret.read_bytes()
    assert str(int.from_bytes(secret.read_bytes(), "big")) not in graded.shown


def command(process: psutil.Process) -> str:
    with suppress(psutil.NoSuchProcess):  # a worker that is just ending
        return " ".join(process.cmdline())
    return ""


def test_no_kernel_is_left(graded):
    left = map(command, psutil.Process().children(recursive=True))
    assert not [words for words in left if "ipykernel_launcher" in words]


def test_nbgraders_own_command_gives_the_same_marks(graded, rows):
    """Regrade one with mistakes, a broken file and a copied cell; the rest is as it was."""
    tools = Path(sys.executable).parent
    subprocess.run(
        [tools / "nbgrader", "autograde", "convolution", "--student=[cij]*", "--force"],
        cwd=graded.course.root,
        env={**os.environ, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"},
        check=True,
        capture_output=True,
    )
    again = read_sheet(graded.course, "convolution", {})
    assert {row.student: row for row in again.rows} == rows


def test_what_is_submitted_is_left_as_it_was(graded):
    path = graded.course.notebook("submitted", "convolution", "hiro")
    submitted = nbformat.read(path, as_version=4)
    names = [
        cell.metadata.get("nbgrader", {}).get("grade_id") for cell in submitted.cells
    ]
    assert "im2col" not in names


def test_no_step_failed_on_the_way(graded):
    """A step that fails is tried again, so the marks alone would not show it."""
    assert "Traceback" not in graded.course.log.read_text(encoding="utf-8")
