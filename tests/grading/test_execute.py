"""Execute: what a check cell is worth, whatever else the notebook does."""

from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from dlcourse.grading.execute import RunCells
from dlcourse.grading.secret import course_secret, student_seed
from dlcourse.grading.submission import begin_record
from dlcourse.grading.verdicts import error_of

RESOURCES = {"nbgrader": {"student": "ada", "assignment": "padding"}}


def check(source: str, name: str = "pad") -> nbformat.NotebookNode:
    mark = {"grade": True, "solution": False, "grade_id": name, "points": 2}
    return new_code_cell(source, metadata={"nbgrader": mark})


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Run cells as nbgrader does, from the course folder."""
    monkeypatch.chdir(tmp_path)

    def run(*cells: nbformat.NotebookNode, **options: int) -> list[str]:
        nb = new_notebook(cells=list(cells))
        nb.metadata.kernelspec = {"name": "python3"}
        begin_record(nb, "")
        RunCells(**options).preprocess(nb, dict(RESOURCES))
        return [
            error_of(cell) or "".join(output.get("text", "") for output in cell.outputs)
            for cell in nb.cells
        ]

    return run


def test_only_the_checks_own_line_counts(run):
    """All in one kernel, which costs a second to start."""
    silenced = check("pass", "silenced")
    skipped = check("raise ValueError", "skipped")
    skipped.metadata.tags = ["skip-execution"]
    said = run(
        check("import sys, warnings; print('✓ pad: right'); warnings.warn('slow')"),
        check("print('x is tensor(3.)'); print('✓ number: right'); 0.5", "number"),
        check("float('nan')", "nan"),
        silenced,
        skipped,
        check("raise SystemExit('tensor(3.)')", "exit"),
        new_code_cell("raise KeyError('own')"),
        check("pad(1)", "unwritten"),
        check("pad(1)", "next"),
        new_code_cell("print('after the last check')"),
    )
    unheard = "its check printed no verdict. Something before it silenced the output."
    assert said == [
        "✓ pad: right\n",
        "✓ number: right\n",
        f"WrongAnswer: ✗ nan: {unheard}",
        f"WrongAnswer: ✗ silenced: {unheard}",
        "WrongAnswer: ✗ skipped: it stopped with ValueError.",
        "WrongAnswer: ✗ exit: it stopped with SystemExit.",
        "KeyError: 'own'",
        "WrongAnswer: ✗ unwritten: a cell before it stopped with KeyError: 'own'.",
        "WrongAnswer: ✗ next: it stopped with NameError: name 'pad' is not defined.",
        "",
    ]


def test_the_kernel_knows_the_students_seed(run, tmp_path):
    seed = student_seed(course_secret(tmp_path), "ada", "padding")
    cell = check("import os; print('✓ pad: ' + os.environ['DLCOURSE_SEED'])")
    assert run(cell) == [f"✓ pad: {seed}\n"]


def test_a_loop_is_stopped_and_the_rest_goes_on(run):
    said = run(
        check("while True: pass"),
        check("print('✓ next: right')", "next"),
        check_timeout=1,
    )
    assert said == [
        "WrongAnswer: ✗ pad: it ran longer than 1 seconds. "
        "Look for a loop without an end.",
        "✓ next: right\n",
    ]


STUBBORN = """
import time
while True:
    try:
        time.sleep(60)
    except KeyboardInterrupt:
        pass
"""


def test_a_loop_that_cannot_be_stopped_keeps_the_marks_before_it(run):
    said = run(
        check("print('✓ pad: right')"),
        check(STUBBORN, "loop"),
        check("print('✓ next: right')", "next"),
        check_timeout=1,
    )
    reason = "this cell or one before it ran on and could not be stopped."
    assert said == [
        "✓ pad: right\n",
        f"WrongAnswer: ✗ loop: {reason}",
        f"WrongAnswer: ✗ next: {reason}",
    ]


def test_a_loop_outside_the_checks(run):
    said = run(new_code_cell("while True: pass"), check("pad(1)"), timeout=1)
    reason = "a cell before it ran longer than 1 seconds."
    assert said[1] == f"WrongAnswer: ✗ pad: {reason}"


def test_a_kernel_that_dies_keeps_the_marks_before_it(run):
    said = run(
        check("print('✓ pad: right')"),
        new_code_cell("import os; os._exit(0)"),
        check("print('✓ next: right')", "next"),
    )
    assert said[0] == "✓ pad: right\n"
    reason = "this cell or one before it ended Python."
    assert said[2] == f"WrongAnswer: ✗ next: {reason}"


def test_a_file_that_is_no_notebook_starts_no_kernel():
    nb = new_notebook(cells=[check("pad(1)")])
    begin_record(nb, "not JSON")
    RunCells(kernel_name="no such kernel").preprocess(nb, dict(RESOURCES))
    assert error_of(nb.cells[0]) == "WrongAnswer: ✗ pad: not JSON"
