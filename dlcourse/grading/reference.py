"""Reference: the reference solution has to pass its own checks.

A check that its author's own answer fails would cost every student the same points, so
no one is graded before papermill has run the solution on fresh cases.
"""

import secrets

import papermill
from nbformat import NotebookNode
from papermill.exceptions import PapermillExecutionError

from .course import Course
from .errors import GradingError

__all__ = ["run_reference"]


def run_reference(
    course: Course, assignment: str, seed: int | None = None
) -> NotebookNode:
    """Run a reference solution on the processor, with small pictures.

    Args:
        course: where.
        assignment: whose solution.
        seed: of the cases that its checks draw; a fresh one if None.

    Returns:
        The notebook with its outputs.

    Raises:
        GradingError: if it is missing or a cell fails; the message holds the seed.
    """
    path = course.notebook("source", assignment)
    if not path.is_file():
        raise GradingError(f"{path} does not exist: write the reference solution there")
    seed = secrets.randbits(32) if seed is None else seed
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
