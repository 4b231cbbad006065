"""Job: all that a sitting depends on, as plain data, and what comes of it.

So it can be done by any process on any machine, and done already be known again.
"""

import hashlib
import json
from collections.abc import Mapping
from contextlib import closing
from dataclasses import asdict, dataclass, field
from typing import Any

import torch
from nbformat import NotebookNode, from_dict

from dlcourse.checks.judging import Check
from dlcourse.grading.hidden import find_checks
from dlcourse.grading.sandbox.choice import find_sandbox
from dlcourse.grading.sandbox.limits import Limits
from dlcourse.grading.sandbox.warm import warm
from dlcourse.grading.stamp import stamp
from dlcourse.grading.verdicts import is_check

from .clock import Clock
from .examine import examine
from .rehearsal import CHECK, Rehearsal

__all__ = ["Job", "Sat", "cells_of", "sit"]


@dataclass(frozen=True)
class Job:
    """A sitting to come.

    Attributes:
        cells: of the notebook, by :func:`cells_of`.
        page: of the checks.
        seed: of the hidden cases.
        limits: what the student's code may use.
        seconds: for a cell, for one call of a check, and for the whole.
        unsandboxed: whether to run the student's code unprotected.
        tasks: whose checks are put; all if empty.
    """

    cells: str
    page: str
    seed: int
    limits: Limits = field(default_factory=Limits)
    seconds: tuple[float, float, float] = (30.0, 30.0, 300.0)
    unsandboxed: bool = False
    tasks: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """Name of this job and no other, by this code and on this torch."""
        words = json.dumps([asdict(self), stamp()])
        return hashlib.sha256(words.encode()).hexdigest()


@dataclass(frozen=True)
class Sat:
    """What came of a sitting.

    Attributes:
        outputs: of each code cell up to the last check, by its place.
        walled: whether there was a sandbox.
    """

    outputs: Mapping[int, list[dict[str, Any]]]
    walled: bool


def cells_of(nb: NotebookNode) -> str:
    """Write down of each cell what counts: its source, and its mark if it is code."""
    return json.dumps(
        [
            (cell.source, cell.metadata.get("nbgrader", {})) if _is_code(cell) else None
            for cell in nb.cells
        ]
    )


def sit(job: Job) -> Sat:
    """Run a notebook's cells and put the checks.

    Raises:
        GradingError: if there is no sandbox, or a check cell has no check.
    """
    # The answers are small, and threads of torch's would take the workers' cores.
    torch.set_num_threads(1)
    nb = _read(job.cells)
    checks = {
        place: check
        for place, check in find_checks(nb, job.page).items()
        if not job.tasks or check.task in job.tasks
    }
    sandbox = find_sandbox(unsandboxed=job.unsandboxed)
    process = warm(sandbox)  # before the clock starts
    rehearsal = Rehearsal(
        _steps(nb, checks),
        lambda: process.fork(job.page, job.limits, len(checks)),
        Clock(*job.seconds),
    )
    with closing(rehearsal):
        examine(nb, job.page, checks, job.seed, rehearsal)
    return Sat(
        {place: nb.cells[place].outputs for place in rehearsal.steps}, sandbox.walled
    )


def _is_code(cell: NotebookNode) -> bool:
    return cell.cell_type == "code"


def _read(cells: str) -> NotebookNode:
    """Make a notebook of what counts; what is not there could not be looked at."""
    return from_dict({"cells": [_cell(entry) for entry in json.loads(cells)]})


def _cell(entry: list[Any] | None) -> dict[str, Any]:
    if entry is None:
        return {"cell_type": "markdown", "metadata": {}, "source": ""}
    source, mark = entry
    return {
        "cell_type": "code",
        "metadata": {"nbgrader": mark},
        "source": source,
        "outputs": [],
    }


def _steps(nb: NotebookNode, checks: Mapping[int, Check]) -> dict[int, str | None]:
    """Cells after the last check cannot change a mark and are left out."""
    return {
        place: CHECK if place in checks else cell.source
        for place, cell in enumerate(nb.cells[: max(checks, default=-1) + 1])
        if place in checks or (_is_code(cell) and not is_check(cell))
    }
