"""Reference: the reference solution has to pass its own checks.

A check that its author's own answer fails would cost every student the same points. So
before anyone is graded, papermill runs the solution as an instructor would, and then its
functions are put to hidden cases as a student's are. What was proven once for the same
notebook, code, torch and course is not proven again.
"""

import hashlib
import json
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import nbformat
import papermill
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from .course import Course
from .errors import GradingError
from .hidden import find_checks
from .secret import course_secret, student_seed
from .sitting.job import Job, cells_of, sit
from .stamp import stamp
from .verdicts import shortfall

__all__ = ["SEEDS", "Proof", "prove", "run_reference"]

SEEDS = 3
"""Sets of hidden cases, each as large as a student's."""


@dataclass(frozen=True)
class Proof:
    """How the reference solution did in one task.

    Attributes:
        task: its name.
        points: what it is worth.
        cases: how many were put.
        shortfall: what its check said; "" if all were right.
    """

    task: str
    points: float
    cases: int
    shortfall: str


def prove(course: Course, assignment: str, seeds: int = SEEDS) -> Sequence[Proof]:
    """Put a reference solution to its checks.

    Args:
        course: where.
        assignment: whose solution.
        seeds: sets of hidden cases.

    Raises:
        GradingError: if it is missing, or a cell of it fails.
    """
    path = _find(course, assignment)
    secret = course_secret(course.root)
    cases = [student_seed(secret, f"reference {n}", assignment) for n in range(seeds)]
    words = json.dumps([path.read_text(encoding="utf-8"), stamp(), cases])
    place = course.root / ".proofs" / hashlib.sha256(words.encode()).hexdigest()
    with suppress(OSError, ValueError, TypeError):
        return [Proof(**kept) for kept in json.loads(place.read_text("utf-8"))]
    run_reference(course, assignment, cases[0])
    proofs = _sit(path, assignment, cases)
    place.parent.mkdir(exist_ok=True)
    place.write_text(json.dumps([*map(asdict, proofs)]), "utf-8")
    return proofs


def run_reference(course: Course, assignment: str, seed: int) -> NotebookNode:
    """Run a reference solution on the processor, with small pictures.

    Args:
        course: where.
        assignment: whose solution.
        seed: of the cases that its checks draw.

    Returns:
        The notebook with its outputs.

    Raises:
        GradingError: if it is missing or a cell fails; the message holds the seed.
    """
    path = _find(course, assignment)
    try:
        return papermill.execute_notebook(
            path,
            None,  # nothing is written
            parameters={"seed": seed, "device": "cpu", "fast": True},
            progress_bar=False,
            cwd=path.parent,
            config=course.settings,
        )
    except PapermillExecutionError as error:
        raise GradingError(
            f"{path} fails with seed {seed}, so nobody was graded; correct the solution "
            f"or its check first: {error.ename}: {error.evalue}"
        ) from error


def _find(course: Course, assignment: str) -> Path:
    path = course.notebook("source", assignment)
    if not path.is_file():
        raise GradingError(f"{path} does not exist: write the reference solution there")
    return path


def _sit(path: Path, assignment: str, seeds: Sequence[int]) -> list[Proof]:
    """Put the checks as they are put to a student, once for each seed."""
    nb = nbformat.read(path, as_version=4)
    checks = find_checks(nb, assignment)
    said: dict[int, str] = dict.fromkeys(checks, "")
    for seed in seeds:
        # Its author is trusted, and this machine may have no sandbox yet.
        sat = sit(Job(cells_of(nb), assignment, seed, unsandboxed=True))
        for place in checks:
            nb.cells[place].outputs = [*map(NotebookNode, sat.outputs[place])]
            said[place] = said[place] or shortfall(nb.cells[place])
    return [
        Proof(
            check.task,
            float(nb.cells[place].metadata.nbgrader.points),
            check.cases * len(seeds),
            said[place],
        )
        for place, check in checks.items()
    ]
