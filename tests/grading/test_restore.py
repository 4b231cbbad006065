"""Restore: copies, deletions and tampered metadata, each as a person would take it."""

import copy

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from nbgrader.preprocessors import CheckCellMetadata

from dlcourse.grading.released import ReleasedCell
from dlcourse.grading.restore import restore
from dlcourse.grading.submission import begin_record, notes, refusal


def released(name, source, kind="code", grade=False, solution=False, locked=True):
    metadata = {
        "schema_version": 3,
        "grade_id": name,
        "grade": grade,
        "solution": solution,
        "locked": locked,
        "task": False,
        "cell_type": kind,
        "checksum": "0" * 32,
    }
    if grade:
        metadata["points"] = 2.0
    return ReleasedCell(name, kind, source, metadata)


CELLS = (
    released("setup", "import torch"),
    released("a_answer", "stub", solution=True, locked=False),
    released("a", "check.a(a)", grade=True),
    released("essay", "why?", "markdown", grade=True, solution=True, locked=False),
    released("b_answer", "stub", solution=True, locked=False),
    released("b", "check.b(b)", grade=True),
)
RELEASED = {cell.name: cell for cell in CELLS}


@pytest.fixture
def nb():
    """An untouched submission, with a note of the student's own before every answer."""
    cells = [cell.make() for cell in CELLS]
    nb = new_notebook(cells=[*cells[:1], new_code_cell("mine"), *cells[1:]])
    begin_record(nb, "")
    return nb


def outline(nb):
    return [
        cell.metadata.get("nbgrader", {}).get("grade_id") or cell.source
        for cell in nb.cells
    ]


def put_right(nb):
    restore(nb, RELEASED)
    CheckCellMetadata().preprocess(nb, {})  # which nbgrader stops the class with
    return outline(nb)


WHOLE = ["setup", "mine", "a_answer", "a", "essay", "b_answer", "b"]


def test_an_untouched_notebook_stays_untouched(nb):
    before = copy.deepcopy(nb)
    assert put_right(nb) == WHOLE
    assert nb == before
    assert notes(nb) == []


@pytest.mark.parametrize(("name", "at"), [("setup", 0), ("a", 3), ("b", 6)])
def test_a_deleted_locked_cell_is_put_back(nb, name, at):
    del nb.cells[at]
    assert put_right(nb) == WHOLE
    assert nb.cells[at].source == RELEASED[name].source
    assert notes(nb) == [f"the cell {name} was missing and has been put back"]


def test_a_deleted_answer_stays_deleted(nb):
    """The student may have written it in a cell of their own, before the check."""
    del nb.cells[2:4]
    nb.cells.insert(2, new_code_cell("def a"))
    assert put_right(nb) == ["setup", "mine", "def a", "a", *WHOLE[4:]]


def test_the_setup_comes_back_before_the_students_own_cells(nb):
    del nb.cells[0]
    assert put_right(nb) == WHOLE


def test_everything_deleted(nb):
    nb.cells = []
    assert put_right(nb) == ["setup", "a", "b"]


def test_of_a_copied_check_the_last_counts(nb):
    nb.cells.insert(4, copy.deepcopy(nb.cells[3]))
    assert put_right(nb) == ["setup", "mine", "a_answer", "check.a(a)", *WHOLE[3:]]
    assert notes(nb) == ["the cell a is there 2 times and counts once"]


@pytest.mark.parametrize(("place", "kind"), [(2, "code"), (4, "markdown")])
def test_of_a_copied_answer_the_last_that_was_written_counts(nb, place, kind):
    stub = copy.deepcopy(nb.cells[place])
    nb.cells[place].source = "first try"
    second = copy.deepcopy(nb.cells[place])
    second.source = "second try"
    nb.cells[place + 1 : place + 1] = [second, stub]
    name = WHOLE[place]
    put_right(nb)
    tries = nb.cells[place : place + 3]
    assert [cell.source for cell in tries] == [
        "first try",
        "second try",
        stub.source,
    ]
    assert ["nbgrader" in cell.metadata for cell in tries] == [False, True, False]
    assert tries[1].metadata.nbgrader.grade_id == name
    assert tries[1].cell_type == kind


TAMPERED = (
    {"points": 100, "grade_id": "a"},
    {"solution": True, "grade_id": "a"},
    {"schema_version": 0, "grade_id": "a"},
    {"schema_version": 99, "grade_id": "a", "grade": False, "locked": False},
)


@pytest.mark.parametrize("metadata", TAMPERED)
def test_tampered_metadata_are_those_of_the_release(nb, metadata):
    nb.cells[3].metadata["nbgrader"] = metadata
    assert put_right(nb) == WHOLE
    assert nb.cells[3].metadata.nbgrader == RELEASED["a"].metadata


@pytest.mark.parametrize(
    "metadata", [{"grade_id": "c", "points": 9}, {"grade_id": ["a"]}, {}, "a", None]
)
def test_metadata_of_no_released_cell_are_dropped(nb, metadata):
    nb.cells.append(new_markdown_cell("extra", metadata={"nbgrader": metadata}))
    assert put_right(nb) == [*WHOLE, "extra"]


def test_a_record_that_the_student_wrote_is_not_kept(nb):
    for forged in ({"notes": ["full marks"], "refusal": "x"}, "not a record"):
        nb.metadata["dlcourse"] = forged
        begin_record(nb, "")
        assert (notes(nb), refusal(nb)) == ([], "")
