"""Verdicts: what a check cell may say after it has run, and what that is worth.

nbgrader reads a mark off a cell's outputs: an error or a line on stderr is worth
nothing, a number that the cell returns is taken for the points, anything else is worth
them all. So a harmless warning costs everything, a returned ``nan`` earns everything,
and what an answer prints shows its hidden case. Here a check cell keeps one output: the
check's own line if it passed, one error if it did not. Silence is no pass.
"""

import re

from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.utils import is_grade, is_solution

__all__ = ["error_of", "fail", "is_check", "settle"]

FILE = re.compile(r"(?<=\()\d+\.py, (?=line \d+\))")
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


def settle(cell: NotebookNode, cause: str = "") -> None:
    """Leave of a check cell's outputs the verdict alone.

    Args:
        cell: a check that has run.
        cause: why a name may be missing that the check looks up; "" if nothing is known.
    """
    errors = [output for output in cell.outputs if output.output_type == "error"]
    if not errors:
        _keep_passing_line(cell)
    elif errors[0].ename == "WrongAnswer":
        fail(cell, errors[0].evalue.removeprefix(_mark("✗", cell)))
    elif errors[0].ename == "NameError":
        fail(cell, cause or f"it stopped with {error_of(cell)}.")
    else:  # an error that no check lets through may tell of a hidden case
        fail(cell, f"it stopped with {errors[0].ename}.")


def fail(cell: NotebookNode, reason: str) -> None:
    """Make a check cell worth nothing, for a reason the student can read."""
    text = _mark("✗", cell) + reason
    cell.outputs = [
        new_output("error", ename="WrongAnswer", evalue=text, traceback=[text])
    ]


def _keep_passing_line(cell: NotebookNode) -> None:
    printed = "".join(
        output.text for output in cell.outputs if output.get("name") == "stdout"
    )
    passed = [
        line for line in printed.splitlines() if line.startswith(_mark("✓", cell))
    ]
    if passed:
        cell.outputs = [new_output("stream", name="stdout", text=passed[-1] + "\n")]
    else:
        fail(
            cell,
            "its check printed no verdict. Something before it silenced the output.",
        )


def _mark(sign: str, cell: NotebookNode) -> str:
    """Begin a line as every check does."""
    return f"{sign} {cell.metadata.nbgrader.grade_id}: "
