"""Examine: what every cell of a notebook comes to."""

from collections.abc import Mapping

from nbformat import NotebookNode

from dlcourse.checks.judging import Check
from dlcourse.grading.verdicts import error_of, fail, settle

from .clock import TimeIsUp
from .examinee import Examinee, NotThere
from .outputs import stopped, to_outputs
from .rehearsal import Rehearsal

__all__ = ["examine"]


def examine(
    nb: NotebookNode,
    page: str,
    checks: Mapping[int, Check],
    seed: int,
    rehearsal: Rehearsal,
) -> None:
    """Run the cells, show what they showed, and give every check cell its verdict.

    Args:
        nb: the notebook, changed in place.
        page: of the checks.
        checks: by the place of their cells.
        seed: of the hidden cases.
        rehearsal: of the notebook's cells.
    """
    over = _rehearse(rehearsal)
    cause = ""
    for place in rehearsal.steps:
        cell = nb.cells[place]
        if place not in checks:
            cause = _show(cell, place, rehearsal) or cause
        elif over:
            fail(cell, over)
        elif place in rehearsal.ended:
            fail(cell, f"it {rehearsal.ended[place]}")
        else:
            examinee = Examinee(rehearsal, place, page, checks[place])
            _judge(cell, checks[place], examinee, seed, cause)
            cause = ""


def _rehearse(rehearsal: Rehearsal) -> str:
    """Run the cells; say why no check can be put, "" if they can."""
    try:
        rehearsal.run()
    except TimeIsUp as error:
        return str(error)
    return ""


def _show(cell: NotebookNode, place: int, rehearsal: Rehearsal) -> str:
    """Fill in a cell's outputs; say how it fails what comes after, "" if it does not."""
    if place in rehearsal.ended:
        cell.outputs = stopped(rehearsal.ended[place])
        return f"a cell before it {rehearsal.ended[place]}"
    cell.outputs = to_outputs(rehearsal.shown.get(place))
    return f"a cell before it stopped with {error_of(cell)}." if error_of(cell) else ""


def _judge(
    cell: NotebookNode, check: Check, examinee: Examinee, seed: int, cause: str
) -> None:
    """Put a check; ``cause`` says why its function may be missing."""
    try:
        settle(cell, check.judge_calls(examinee, seed, hidden=True))
    except NotThere:
        missing = f"it stopped with NameError: name '{check.task}' is not defined."
        fail(cell, cause or missing)
    except TimeIsUp as error:
        fail(cell, str(error))
