"""Verdicts: what a check cell may say after it has been put, and what that is worth.

nbgrader reads a mark off a cell's outputs: an error is worth nothing, a number that the
cell returns is taken for the points, anything else is worth them all. So a check cell
holds the check's own line and

- nothing more, if every case is right;
- a number, if some are: their share of the points;
- as an error, if none is.
"""

import re

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.utils import is_grade, is_solution

from dlcourse.checks.judging import Verdict

__all__ = ["error_of", "fail", "is_check", "settle", "shortfall"]

FILE = re.compile(r"(?<=\()[^()]*, (?=line \d+\))")
"""IPython's name for a cell in a syntax error, which tells nobody anything."""


def is_check(cell: NotebookNode) -> bool:
    """Whether a cell is a check, which marks by itself, and not an answer or a text."""
    return cell.cell_type == "code" and is_grade(cell) and not is_solution(cell)


def error_of(cell: NotebookNode) -> str:
    """Say what stopped a code cell, as in "NameError: name 'x' is not defined", or ""."""
    for output in cell.get("outputs", []):
        if output.output_type == "error":
            said = FILE.sub("", output.evalue)
            return f"{output.ename}: {said}"
    return ""


def shortfall(cell: NotebookNode) -> str:
    """Say why a check cell is not worth all its points; "" if it is."""
    said = [output.get("evalue") or output.get("text", "") for output in cell.outputs]
    sign = _sign(cell)
    return next((text.removeprefix(sign) for text in said if text.startswith(sign)), "")


def settle(cell: NotebookNode, verdict: Verdict) -> None:
    """Leave a check's verdict in its cell, and what it is worth."""
    if verdict.right:
        cell.outputs = [_line(str(verdict))]
    elif not verdict.passed:
        fail(cell, verdict.message)
    else:
        cases = f"{verdict.passed} of {verdict.total} cases are right."
        share = cell.metadata.nbgrader.points * verdict.passed / verdict.total
        worth = {"text/plain": f"{share:.2f}"}
        cell.outputs = [
            _line(f"{_sign(cell)}{verdict.message} {cases}"),
            new_output("execute_result", data=worth),
        ]


def fail(cell: NotebookNode, reason: str) -> None:
    """Make a check cell worth nothing, for a reason the student can read."""
    text = _sign(cell) + reason
    cell.outputs = [
        new_output("error", ename="WrongAnswer", evalue=text, traceback=[text])
    ]


def _line(text: str) -> NotebookNode:
    return new_output("stream", name="stdout", text=f"{text}\n")


def _sign(cell: NotebookNode) -> str:
    """Begin a line as every check does that something has failed."""
    return f"✗ {cell.metadata.nbgrader.grade_id}: "
