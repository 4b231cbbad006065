"""Submission: whatever file comes in, a notebook comes out, with the reason if it is none."""

import json

import nbformat
import pytest

from dlcourse.grading.submission import SubmissionExporter

NO_JSON = "the file is not a notebook (not JSON)"
OUTPUTS = [{"output_type": "stream", "name": "stdout"}]  # without its text
NO_NOTEBOOK = "the file is not a notebook (JSON, but not a notebook's)"


def read(path):
    text, resources = SubmissionExporter().from_filename(str(path))
    return nbformat.reads(text, as_version=4), resources["refusal"]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", NO_JSON),
        (b"def zero_pad(x, padding):", NO_JSON),
        (b'{"cells": [', NO_JSON),
        (b"PK\x03\x04\xff\xfe", NO_JSON),
        (b"[]", NO_NOTEBOOK),
        (b"{}", NO_NOTEBOOK),
        (b'{"nbformat": 4, "nbformat_minor": 5}', NO_NOTEBOOK),
        (
            b'{"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [1]}',
            NO_NOTEBOOK,
        ),
    ],
)
def test_a_file_that_is_no_notebook(tmp_path, content, reason):
    path = tmp_path / "pad.ipynb"
    path.write_bytes(content)
    nb, said = read(path)
    assert said == reason
    assert reason in nb.cells[0].source


def test_saved_outputs_count_for_nothing_even_if_broken(tmp_path):
    cell = {"cell_type": "code", "metadata": {}, "source": "x = 1", "outputs": OUTPUTS}
    old = {"nbformat": 4, "nbformat_minor": 4, "metadata": {}, "cells": [cell]}
    path = tmp_path / "pad.ipynb"
    path.write_text(json.dumps(old))
    nb, said = read(path)
    assert said == ""
    assert (nb.cells[0].source, nb.cells[0].outputs) == ("x = 1", [])


def test_a_hundred_megabytes_are_not_read(tmp_path):
    path = tmp_path / "pad.ipynb"
    with path.open("wb") as file:
        file.truncate(100 * 2**20)  # a hole: nothing is written
    assert read(path)[1] == "the file has more than 32 MiB; clear its outputs"


def test_a_hundred_thousand_cells_are_not_checked(tmp_path):
    path = tmp_path / "pad.ipynb"
    cell = '{"cell_type": "raw", "metadata": {}, "source": "", "id": "a"}'
    cells = ", ".join([cell] * 100_000)
    path.write_text(
        f'{{"nbformat": 4, "nbformat_minor": 5, "metadata": {{}}, "cells": [{cells}]}}'
    )
    assert read(path)[1] == "the file has more than 2000 cells"


def test_deep_nesting_is_no_notebook(tmp_path):
    path = tmp_path / "pad.ipynb"
    path.write_text("[" * 10**5 + "]" * 10**5)
    assert read(path)[1] in (NO_JSON, NO_NOTEBOOK)
