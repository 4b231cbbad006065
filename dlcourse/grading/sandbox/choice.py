"""Choice: which sandbox this machine offers, tried once before anyone is graded."""

import subprocess
import sys
from dataclasses import dataclass
from functools import cache

from dlcourse.grading.errors import GradingError

from . import bubblewrap

__all__ = ["Sandbox", "find_sandbox"]

PYTHON = (sys.executable, "-s", "-P")
"""This Python, without the user's own packages and without a folder on its path."""

TRIAL = """
import os
from dlcourse.grading.sandbox.namespaces import become_nobody, furnish, separate
become_nobody()
separate()
if os.fork() == 0:
    furnish(1)
    os._exit(0)
assert os.wait()[1] == 0
"""

REMEDY = (
    "install bubblewrap (apt install bubblewrap), or set c.RunCells.unsandboxed = True "
    "to grade without a sandbox, which is recorded with every mark"
)


@dataclass(frozen=True)
class Sandbox:
    """A way to run a Python that runs student's code.

    Attributes:
        name: "bubblewrap" or "none".
        command: what a command line begins with.
    """

    name: str
    command: tuple[str, ...]

    @property
    def walled(self) -> bool:
        """Whether there is a sandbox at all."""
        return self.name != "none"

    def start(self, *arguments: str, **options: object) -> subprocess.Popen:
        """Start Python inside, with these arguments and an environment of its own."""
        python = [*self.command, *PYTHON, *arguments]
        return subprocess.Popen(python, env=bubblewrap.ENVIRONMENT, **options)


@cache
def find_sandbox(*, unsandboxed: bool = False) -> Sandbox:
    """Find a sandbox that works here.

    Args:
        unsandboxed: ask for none.

    Raises:
        GradingError: if there is none, or it does not do what it should.
    """
    if unsandboxed:
        return Sandbox("none", ())
    program = bubblewrap.program()
    if program is None:
        raise GradingError(f"this machine offers no sandbox: {REMEDY}")
    sandbox = Sandbox("bubblewrap", tuple(bubblewrap.command(program)))
    trial = sandbox.start("-c", TRIAL, stderr=subprocess.PIPE)
    _, said = trial.communicate()
    if trial.returncode:
        reason = said.decode(errors="replace").strip().rpartition("\n")[2]
        raise GradingError(f"the sandbox does not work here ({reason}): {REMEDY}")
    return sandbox
