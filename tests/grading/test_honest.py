"""Honest but odd: work that is right however it looks, scored as a person would."""

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from dlcourse.grading.demo.edits import find_cell
from dlcourse.grading.road import grade_class
from dlcourse.grading.submission import notes
from dlcourse.grading.verdicts import shortfall
from tests.grading.classroom import ASSIGNMENT, HONEST, make_classroom, write
from tests.grading.desk import RIGHT, cell, check, text

INSIDE = {
    "a warning": "import warnings; warnings.warn('slow')",
    "text on stderr": "import sys; print('loading', file=sys.stderr)",
    "a warning by C": "import os; os.write(2, b'[W NNPACK.cpp:64] Could not')",
    "a print": "print({'n': n})",
    "a slow but allowed call": "import time; time.sleep(0.05)",
    "a figure": "import matplotlib.pyplot as plt; plt.plot([n])",
    "random numbers": "import torch; torch.rand(3)",
    "a thread": "import threading; threading.Thread(target=print).start()",
}


@pytest.mark.parametrize("oddity", INSIDE)
def test_what_an_answer_does_besides(sit, oddity):
    head, body = RIGHT.strip().split("\n")
    nb = sit(cell(f"{head}\n    {INSIDE[oddity]}\n{body}"), check())
    assert "right in all" in text(nb.cells[1])


AROUND = {
    "magics": "%matplotlib inline\n%timeit -n1 -r1 sum(range(9))\n!echo hello",
    "help": "print?",
    "a figure": "import matplotlib.pyplot as plt; plt.plot([1, 2]); plt.show()",
    "a result": "0",
    "an error": "1 / 0",
    "its own tests": "assert output_size(5, 3, 1, 0) == 3",
    "a progress bar": "from tqdm.auto import tqdm; [*tqdm(range(3))]",
    "an import that is not there": "import pandas_of_my_own",
    "Windows line ends": "x = 1\r\nif x:\r\n    y = 2\r\n",
    "a class and its data": "import dataclasses\n@dataclasses.dataclass\nclass A:\n    b: int",
}


@pytest.mark.parametrize("oddity", AROUND)
def test_cells_of_the_students_own(sit, oddity):
    nb = sit(cell(RIGHT), cell(AROUND[oddity]), check())
    assert "right in all" in text(nb.cells[2])
    assert notes(nb) == []


def test_numpy_in_the_place_of_torch_is_told_by_name(sit):
    answer = (
        "import numpy as np\ndef zero_pad(x, padding):\n    return np.pad(x, padding)"
    )
    nb = sit(cell(answer), check("zero_pad"))
    assert shortfall(nb.cells[1]) == "it returned a ndarray, and a tensor is right."


def test_a_type_of_the_students_own_tells_nothing_of_the_case(sit):
    answer = "def zero_pad(x, padding):\n    return type(f'p{padding}', (), {})()"
    nb = sit(cell(answer), check("zero_pad"))
    assert shortfall(nb.cells[1]) == "it returned an object, and a tensor is right."


def moved(nb):
    """The answer stands before the title, the check at the end below other cells."""
    answer = find_cell(nb, "output_size_answer")
    nb.cells.remove(answer)
    nb.cells.insert(1, answer)
    nb.cells.append(new_markdown_cell("Thank you."))


def other_kernel(nb):
    nb.metadata.kernelspec = {
        "name": "conda-env-dl",
        "display_name": "DL",
        "language": "R",
    }


def without_metadata(nb):
    nb.metadata.clear()


def extra_cells(nb):
    nb.cells.insert(0, new_code_cell("import torch"))
    nb.cells.append(new_code_cell("raise ValueError('after all checks')"))


def shown(nb):
    for each in nb.cells:
        if each.cell_type == "code":
            output = {"output_type": "stream", "name": "stderr", "text": "a" * 10_000}
            each.outputs, each.execution_count = [nbformat.from_dict(output)], 7


ODD = {
    edit.__name__: edit
    for edit in (moved, other_kernel, without_metadata, extra_cells, shown)
}


@pytest.fixture(scope="module")
def rows(tmp_path_factory, root, sandbox):
    course = make_classroom(tmp_path_factory.mktemp("course"), root)
    for student, edit in ODD.items():
        write(course, student, HONEST["right"][0])
        path = course.notebook("submitted", ASSIGNMENT, student)
        nb = nbformat.read(path, as_version=4)
        edit(nb)
        nbformat.write(nb, path)
    write(course, "windows", HONEST["right"][0])
    path = course.notebook("submitted", ASSIGNMENT, "windows")
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    write(course, "renamed", HONEST["right"][0])
    path = course.notebook("submitted", ASSIGNMENT, "renamed")
    path.rename(path.with_name("convolution (1).ipynb"))
    return {row.student: row for row in grade_class(course, ASSIGNMENT).rows}


@pytest.mark.parametrize("student", [*ODD, "windows"])
def test_an_odd_file(rows, student):
    assert (rows[student].total, rows[student].remark) == (2, "")


def test_another_name_is_left_to_a_person(rows):
    assert rows["renamed"].total is None
    assert rows["renamed"].remark == (
        "not graded: no convolution.ipynb was handed in; there is convolution (1).ipynb: "
        "rename it"
    )
