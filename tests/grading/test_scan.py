"""Scan: what a person is asked to look at, and what is left in peace."""

import ast

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from dlcourse.checks import convolution, padding, pooling
from dlcourse.grading.hidden import find_checks
from dlcourse.grading.scan import scan

CHECKS = {
    "conv2d": convolution.conv2d,
    "zero_pad": convolution.zero_pad,
    "im2col": convolution.im2col,
}


def remarks(source: str, task: str = "conv2d") -> list[str]:
    nb = new_notebook(cells=[new_code_cell(source), new_code_cell("check")])
    return scan(nb, {1: CHECKS[task]})


FORBIDDEN = {
    "conv2d": "def conv2d(x):\n    return F.conv2d(x)",
    "Conv2d": "def conv2d(x):\n    return torch.nn.Conv2d(3, 3, 3)(x)",
    "unfold": "def im2col(x):\n    return x.unfold(2, 3, 1)",
    "pad": "def zero_pad(x):\n    return torch.nn.functional.pad(x, (1, 1))",
}


@pytest.mark.parametrize("name", FORBIDDEN)
def test_what_a_check_forbids_is_named(name):
    source = FORBIDDEN[name]
    task = source.removeprefix("def ").partition("(")[0]
    assert remarks(source, task) == [f"{task} names {name}"]


HONEST = [
    "def conv2d(x):\n    return im2col(x) @ weight  # as F.conv2d does",
    "assert torch.allclose(conv2d(x), F.conv2d(x))",
    "def conv2d(x):\n    return F.conv2d(x)\n\n\ndef conv2d(x):\n    return x",
    "%timeit conv2d(x)",
    "def conv2d(:",
    "import numpy as np",
    "from dlcourse import show",
]


@pytest.mark.parametrize("source", HONEST)
def test_honest_code_is_left_in_peace(source):
    assert remarks(source) == []


WAYS_ROUND = {
    "_disable_current_modes": (
        "from torch.utils._python_dispatch import _disable_current_modes",
        "_disable_current_modes, _python_dispatch",
    ),
    "ctypes": ("import ctypes as c", "ctypes"),
    "subprocess": ("__import__('os'); subprocess.run('id')", "subprocess"),
    "the package": (
        "from dlcourse.nn.convolution import conv2d",
        "dlcourse.nn.convolution",
    ),
    "the check": ("conv2d = check.conv2d.reference", "reference"),
}


@pytest.mark.parametrize("name", WAYS_ROUND)
def test_ways_round_the_watch_are_named(name):
    source, names = WAYS_ROUND[name]
    assert remarks(source) == [f"the code names {names}"]


def test_the_reference_solutions_raise_no_remark(root):
    for page in (convolution, padding, pooling):
        name = page.__name__.rpartition(".")[2]
        nb = nbformat.read(root / f"solutions/{name}/{name}.ipynb", as_version=4)
        assert scan(nb, find_checks(nb, name)) == []


def test_a_cell_is_parsed_again_if_threads_got_in_each_others_way(monkeypatch):
    """In some versions of Python the parser may fail for a reason that is not in the cell."""
    parse, failures = ast.parse, [SystemError("recursion depth mismatch")] * 2

    def sometimes(source):
        if failures:
            raise failures.pop()
        return parse(source)

    monkeypatch.setattr(ast, "parse", sometimes)
    assert remarks("import ctypes as c") == ["the code names ctypes"]
    assert not failures
