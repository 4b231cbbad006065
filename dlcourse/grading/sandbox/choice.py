"""Choice: which sandbox this machine offers, tried once before anyone is graded."""

import platform
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from subprocess import PIPE

from dlcourse.grading.errors import GradingError

from . import bubblewrap, landlock
from .shown import ENVIRONMENT
from .syscalls import ARCHITECTURES
from .walls import WALLS

__all__ = ["Sandbox", "find_sandbox"]

PYTHON = (sys.executable, "-s", "-P")
"""This Python, without the user's own packages and without a folder on its path."""

TRIAL = """
import os, sys
from contextlib import suppress
from dlcourse.grading.sandbox.limits import Limits
from dlcourse.grading.sandbox.walls import WALLS
wall = WALLS[sys.argv[1]]()
wall.enter()
wall.separate()
worker = os.fork()
if worker == 0:
    wall.furnish(Limits())
    if os.fork() == 0:
        os._exit(0)
    os.wait()
    try:
        open("/proc/self/status")
    except OSError:
        os.write(1, b"fit")
    os._exit(0)
wall.watch(worker, Limits())
with suppress(ChildProcessError):
    os.waitpid(worker, 0)
wall.leave()
"""

REMEDY = (
    "install bubblewrap (apt install bubblewrap), or set c.RunCells.unsandboxed = True "
    "to grade without a sandbox, which is recorded with every mark"
)


@dataclass(frozen=True)
class Sandbox:
    """A way to run a Python that runs student's code.

    Attributes:
        name: a key of :data:`.walls.WALLS`.
        command: what a command line begins with.
    """

    name: str
    command: tuple[str, ...] = ()

    @property
    def walled(self) -> bool:
        """Whether there is a sandbox at all."""
        return self.name != "none"

    @property
    def covers(self) -> str:
        """What it keeps apart, in a few words."""
        return WALLS[self.name].covers

    def start(self, *arguments: str, **options: object) -> subprocess.Popen:
        """Start Python inside, with these arguments and an environment of its own."""
        python = [*self.command, *PYTHON, *arguments]
        return subprocess.Popen(python, env=ENVIRONMENT, **options)

    def find_fault(self) -> str:
        """Try it; return why it does not work, "" if it does."""
        trial = self.start("-c", TRIAL, self.name, stdout=PIPE, stderr=PIPE)
        told, said = trial.communicate()
        if told == b"fit" and trial.returncode == 0:
            return ""
        last = said.decode(errors="replace").strip().rpartition("\n")[2]
        return last or f"its trial ended with {trial.returncode}"


@cache
def find_sandbox(*, unsandboxed: bool = False) -> Sandbox:
    """Find a sandbox that works here, the stronger one first.

    Args:
        unsandboxed: ask for none.

    Raises:
        GradingError: if there is none, or none does what it should.
    """
    if unsandboxed:
        return Sandbox("none")
    faults = []
    for sandbox in _offers():
        fault = sandbox.find_fault()
        if not fault:
            return sandbox
        faults.append(f"{sandbox.name}: {fault}")
    if not faults:
        raise GradingError(f"this machine offers no sandbox: {REMEDY}")
    raise GradingError(
        f"the sandbox does not work here ({'; '.join(faults)}): {REMEDY}"
    )


def _offers() -> Iterator[Sandbox]:
    program = bubblewrap.program()
    if program is not None:
        yield Sandbox("bubblewrap", tuple(bubblewrap.command(program)))
    known = platform.machine() in ARCHITECTURES
    if known and landlock.version() >= landlock.OLDEST:
        yield Sandbox("landlock")
