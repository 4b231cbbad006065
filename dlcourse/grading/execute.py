"""Execute: run the student's cells, with hidden cases and a limit on time.

This is the seam between the road and what runs a submission. It takes a notebook whose
cells :mod:`.restore` has put right, and leaves in every check cell one verdict of
:mod:`.verdicts`; nothing before or after it knows how that came about. Here the student
and the checks share one kernel, so honest work is marked rightly and a forger is not
stopped.
"""

import os
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbformat import NotebookNode
from nbgrader.preprocessors import Execute
from traitlets import Integer, default

from dlcourse.checks.judging import SEED_VARIABLE

from .secret import course_secret, student_seed
from .submission import refusal
from .verdicts import error_of, fail, is_check, settle

__all__ = ["RunCells"]


class RunCells(Execute):
    """Run a submission in a kernel that knows the seed of its hidden cases.

    Cells after the last check cannot change a mark and are not run.
    """

    check_timeout = Integer(
        30, help="Seconds that a check may take; other cells have `timeout`."
    ).tag(config=True)

    @default("timeout_func")
    def _limit_by_cell(self) -> Any:
        return lambda cell: self.check_timeout if is_check(cell) else self.timeout

    @default("shutdown_kernel")
    def _leave_at_once(self) -> str:
        return "immediate"  # a kernel that ignores interrupts would be waited for

    @default("skip_cells_with_tag")
    def _skip_nothing(self) -> str:
        return ""  # a student can tag a check too

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any], km: Any = None
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Give every check cell its verdict."""
        places = [place for place, cell in enumerate(nb.cells) if is_check(cell)]
        if refusal(nb):
            for place in places:
                fail(nb.cells[place], refusal(nb))
            return nb, resources
        self.last = max(places, default=-1)
        self.cause = self.stopped = ""
        return super().preprocess(nb, resources, km)

    def setup_kernel(self, **options: Any) -> AbstractContextManager:
        """Start a kernel whose environment holds the seed."""
        submission = self.resources["nbgrader"]
        secret = course_secret(Path.cwd())  # nbgrader works from the course folder
        seed = student_seed(secret, submission["student"], submission["assignment"])
        return super().setup_kernel(
            env={**os.environ, SEED_VARIABLE: str(seed)}, **options
        )

    def preprocess_cell(
        self, cell: NotebookNode, resources: dict[str, Any], index: int
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Run one cell; if it is a check, reduce what came out to a verdict."""
        if index <= self.last and not self.stopped:
            self._run(cell, resources, index)
        if is_check(cell):
            self._settle(cell)
            self.cause = ""
        elif self._too_long(cell):
            self.cause = f"a cell before it ran longer than {self.timeout} seconds."
        elif error_of(cell):
            self.cause = f"a cell before it stopped with {error_of(cell)}."
        return cell, resources

    def _run(self, cell: NotebookNode, resources: dict[str, Any], index: int) -> None:
        try:
            super().preprocess_cell(cell, resources, index)
        except DeadKernelError:
            self.stopped = "this cell or one before it ended Python."
        except CellTimeoutError:
            self.stopped = "this cell or one before it ran on and could not be stopped."

    def _settle(self, cell: NotebookNode) -> None:
        if self.stopped:
            fail(cell, self.stopped)
        elif self._too_long(cell):
            seconds = f"{self.check_timeout} seconds"
            fail(cell, f"it ran longer than {seconds}. Look for a loop without an end.")
        else:
            settle(cell, self.cause)

    def _too_long(self, cell: NotebookNode) -> bool:
        names = [output.get("ename") for output in cell.get("outputs", [])]
        return self.error_on_timeout["ename"] in names
