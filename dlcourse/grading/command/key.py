"""Key: the reference solution, proven on hidden cases.

A student's verdict comes from a check's own reference, drawn case by case from the
student's seed, so there is no list of answers to keep. What has to be known is that the
reference notebook, which an instructor reads and explains, agrees with it.
"""

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from dlcourse.grading.course import Course
from dlcourse.grading.reference import prove

__all__ = ["show_key"]


def show_key(folder: Path, assignment: str, seeds: int) -> int:
    """Show each task with the cases that agreed; return 0, or 1 if one did not.

    Raises:
        GradingError: if the reference solution is missing or fails.
    """
    proofs = prove(Course(folder), assignment, seeds)
    table = Table(
        "task", "points", "hidden cases", "verdict", box=None, padding=(0, 2, 0, 0)
    )
    for proof in proofs:
        verdict = escape(proof.shortfall) or "agrees"
        table.add_row(proof.task, f"{proof.points:g}", str(proof.cases), verdict)
    Console().print(table)
    return int(any(proof.shortfall for proof in proofs))
