"""Execute: what a check cell is worth, whatever else the notebook does."""

import pytest
from nbformat.v4 import new_notebook

from dlcourse.grading.errors import GradingError
from dlcourse.grading.execute import RunCells
from dlcourse.grading.sandbox import choice
from dlcourse.grading.submission import begin_record, notes
from dlcourse.grading.verdicts import shortfall
from tests.grading.desk import LOOPS, RIGHT, WHERE, cell, check, say, text

COUNT = "def output_size(n, kernel_size, stride, padding):\n    "
FIRST = "return (n + 2 * padding - kernel_size) // stride"


def test_a_right_answer(sit):
    nb = sit(cell(RIGHT), check())
    assert text(nb.cells[1]) == "✓ output_size: right in all 24 cases.\n"
    assert len(nb.cells[1].outputs) == 1  # so that nbgrader gives all points


def test_a_mistake_is_named_and_costs_its_share(sit):
    rounded = "return -((kernel_size - n - 2 * padding) // stride) + 1"
    nb = sit(cell(COUNT + rounded), check())
    line, worth = nb.cells[1].outputs
    assert "the division is rounded up" in line.text
    right, total = (int(word) for word in line.text.split() if word.isdigit())
    assert 0 < right < total == 24
    assert worth.data["text/plain"] == f"{2 * right / 24:.2f}"


def test_a_mistake_in_every_case_is_worth_nothing(sit):
    nb = sit(cell(COUNT + FIRST), check())
    assert [output.output_type for output in nb.cells[1].outputs] == ["error"]
    assert shortfall(nb.cells[1]).startswith("the first window is not counted. ")


def test_a_function_that_is_not_there(sit):
    nb = sit(cell("raise KeyError('own')"), check(), check("single_step"))
    assert say(nb) == [
        "",
        "a cell before it stopped with KeyError: 'own'.",
        "it stopped with NameError: name 'single_step' is not defined.",
    ]


def test_a_syntax_error_names_its_line(sit):
    nb = sit(cell("def output_size(:"), check())
    assert say(nb)[1] == (
        "a cell before it stopped with SyntaxError: invalid syntax (line 1)."
    )


def test_an_exception_in_a_call(sit):
    nb = sit(cell(COUNT + "raise ValueError(n)"), check())
    assert say(nb)[1] == "it stopped with ValueError."


def test_a_loop_is_stopped_and_the_rest_goes_on(sit):
    nb = sit(
        cell(COUNT + "while True: pass"), check(), cell(RIGHT), check("single_step")
    )
    assert say(nb)[1].startswith("it ran longer than 2 seconds. Look for a loop")
    assert say(nb)[3].startswith("it stopped with NameError")


def test_a_loop_in_a_helper_costs_the_helper_alone(sit):
    """What builds on it is put again with right helpers, in a copy of its own."""
    nb = sit(
        cell(COUNT + "while True: pass"), check(), cell(LOOPS), check("naive_conv2d")
    )
    assert say(nb)[1].startswith("it ran longer than 2 seconds.")
    assert "right in all" in text(nb.cells[3])


def test_a_loop_that_right_helpers_do_not_end(sit):
    loop = "def naive_conv2d(**arguments):\n    while True: pass"
    nb = sit(cell(loop), check("naive_conv2d"), cell(RIGHT), check())
    assert say(nb)[1].startswith("it ran longer than 2 seconds.")
    assert "right in all" in text(nb.cells[3])


ENDINGS = {
    "import os; os._exit(0)": "ended Python.",
    "while True: pass": "ran longer than 2 seconds.",
}


@pytest.mark.parametrize("source", ENDINGS)
def test_a_cell_that_cannot_be_run_costs_what_needs_it(sit, source):
    nb = sit(cell(RIGHT), check(), cell(source), check("single_step"), timeout=2)
    assert say(nb)[1] == ""
    assert nb.cells[2].outputs[0].evalue == f"this cell {ENDINGS[source]}"
    assert say(nb)[3] == f"a cell before it {ENDINGS[source]}"


def test_a_submission_that_takes_too_long_in_all(sit):
    nb = sit(cell(RIGHT), cell("while True: pass"), check(), whole_timeout=1)
    assert say(nb)[2] == "the notebook ran longer than 1 seconds."


def test_cells_after_the_last_check_are_not_run(sit):
    nb = sit(cell(RIGHT), check(), cell("print('after')"))
    assert nb.cells[2].outputs == []


def test_a_file_that_is_no_notebook_starts_no_process(sit, monkeypatch):
    monkeypatch.setattr(choice.bubblewrap, "program", lambda: None)
    nb = new_notebook(cells=[check()])
    begin_record(nb, "not JSON")
    RunCells().preprocess(nb, WHERE)
    assert say(nb) == ["not JSON"]


def test_a_check_cell_without_a_check(sit):
    with pytest.raises(GradingError, match="has no check for the cell nothing: name"):
        sit(check("nothing"))


def test_no_sandbox_is_recorded(sit):
    assert notes(sit(cell(RIGHT), check())) == []
    nb = sit(cell(RIGHT), check(), unsandboxed=True)
    assert notes(nb) == ["graded without a sandbox"]
    assert "right in all" in text(nb.cells[1])
