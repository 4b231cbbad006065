"""Execute: run the student's cells apart, and put the checks to what they define.

This is the seam between the road and what runs a submission. It takes a notebook whose
cells :mod:`.restore` has put right, and leaves in every check cell one verdict of
:mod:`.verdicts`; nothing before or after it knows how that came about. A check cell's
own text is not run at all: its grade id names the check, and the check stays here, with
the cases and the answers. The student's process is asked for answers, nothing else.
"""

from pathlib import Path
from typing import Any

from nbformat import NotebookNode
from nbgrader.preprocessors import NbGraderPreprocessor
from traitlets import Bool, Float, Integer

from .hidden import find_checks
from .sandbox.limits import Limits
from .scan import scan
from .secret import course_secret, student_seed
from .sitting.job import Job, Sat, cells_of, sit
from .sitting.store import Store
from .submission import note, refusal
from .verdicts import fail, is_check

__all__ = ["RunCells"]


class RunCells(NbGraderPreprocessor):
    """In the place of nbgrader's Execute."""

    timeout = Float(30, help="Seconds that a cell may take.").tag(config=True)
    check_timeout = Float(30, help="Seconds that one call of a check may take.").tag(
        config=True
    )
    whole_timeout = Float(300, help="Seconds that a submission may take.").tag(
        config=True
    )
    memory = Integer(2048, help="MiB of memory for each process.").tag(config=True)
    disk = Integer(64, help="MiB of files.").tag(config=True)
    processes = Integer(64, help="Processes and threads.").tag(config=True)
    unsandboxed = Bool(
        False, help="Run the student's code unprotected; a note tells of it."
    ).tag(config=True)
    done_ahead = Bool(
        False, help="Look among the sittings that `dlcourse grade` has done ahead."
    ).tag(config=True)

    def preprocess(
        self, nb: NotebookNode, resources: dict[str, Any]
    ) -> tuple[NotebookNode, dict[str, Any]]:
        """Give every check cell its verdict.

        Raises:
            GradingError: if there is no sandbox, or a check cell has no check.
        """
        if refusal(nb):
            for cell in filter(is_check, nb.cells):
                fail(cell, refusal(nb))
            return nb, resources
        checks = find_checks(nb, resources["nbgrader"]["notebook"])
        for remark in scan(nb, checks):
            note(nb, remark)
        sat = self._sit(self.job(nb, resources))
        for place, outputs in sat.outputs.items():
            nb.cells[place].outputs = [NotebookNode(output) for output in outputs]
        if not sat.walled:
            note(nb, "graded without a sandbox")
        return nb, resources

    def job(self, nb: NotebookNode, resources: dict[str, Any]) -> Job:
        """Describe what there is to do, from the course folder that nbgrader works in."""
        where = resources["nbgrader"]
        secret = course_secret(Path.cwd())
        return Job(
            cells=cells_of(nb),
            page=where["notebook"],
            seed=student_seed(secret, where["student"], where["assignment"]),
            limits=Limits(self.memory, self.disk, self.processes),
            seconds=(self.timeout, self.check_timeout, self.whole_timeout),
            unsandboxed=self.unsandboxed,
        )

    def _sit(self, job: Job) -> Sat:
        done = Store(Path.cwd()).find(job) if self.done_ahead else None
        return done or sit(job)
