"""Walls: what stands around a worker, one class for each kind, with the same methods.

The warm process calls ``enter`` once. For each submission it forks, and there calls
``separate``, forks the worker, and calls ``watch``; the worker calls ``furnish`` before
it runs anything of the student's.
"""

import os
import platform
import select
import shutil
import signal
import socket
import subprocess
import tempfile
from contextlib import suppress

from . import landlock, namespaces, seccomp
from .keeper import Keeper, end_all
from .limits import MIB, Limits
from .processes import Memory
from .rights import become_nobody, collect_orphans
from .shown import DEVICES, SYSTEM, python_places
from .syscalls import ARCHITECTURES, UNCOUNTED

__all__ = ["WALLS", "Landlock", "Namespaces", "Wall"]

OFTEN = 100
"""How often to look at the memory of a worker with namespaces of its own, in
milliseconds: there are few processes to look at."""


class Wall:
    """No wall at all, and what every wall does."""

    covers = "nothing: the student's code can do what you can"

    def enter(self) -> None:
        """Bind the warm process."""

    def leave(self) -> None:
        """Tidy up after the warm process."""

    def separate(self) -> None:
        """Prepare the process that forks a worker."""

    def furnish(self, limits: Limits) -> None:
        """Bind the worker."""
        limits.apply()

    def watch(self, worker: int, limits: Limits) -> None:
        """Stay with the worker as long as it is needed."""


class Namespaces(Wall):
    """A world of its own for each worker, inside bubblewrap's."""

    covers = (
        "own files, network, processes and users; limits for memory, files, processes"
    )

    def enter(self) -> None:
        """Give up root."""
        become_nobody()

    def separate(self) -> None:
        """Enter new namespaces."""
        namespaces.separate()

    def furnish(self, limits: Limits) -> None:
        """Set up the new namespaces."""
        limits.apply()
        namespaces.furnish(limits.disk)
        if platform.machine() in ARCHITECTURES:
            seccomp.refuse(UNCOUNTED)

    def watch(self, worker: int, limits: Limits) -> None:
        """End the worker as soon as all its processes together use too much memory."""
        end = select.poll()
        end.register(os.pidfd_open(worker), select.POLLIN)
        memory = Memory(limits.memory * MIB)
        while not end.poll(OFTEN):
            if memory.is_used_up():
                os.kill(
                    worker, signal.SIGKILL
                )  # the first of a namespace takes all along


class Landlock(Wall):
    """Rules for each worker in the one world there is, and a keeper above it."""

    covers = (
        "files, sockets and signals outside its folder are refused; limits for memory, "
        "files, processes; it can still ask whether a file exists"
    )

    def enter(self) -> None:
        """Give up root, and keep all that is written in a folder of our own."""
        os.chdir("/")
        os.setsid()  # what is typed at the terminal is not for us
        become_nobody(python_places())
        collect_orphans()
        self.first = os.getpid()
        self.first_end = os.pidfd_open(self.first)  # while it is sure to be there
        self.folder = tempfile.mkdtemp(prefix="dlcourse-")
        _move_home(self.folder)

    def leave(self) -> None:
        """End what is left of the workers, and remove that folder."""
        end_all()
        _remove(self.folder)

    def separate(self) -> None:
        """Make a folder for the worker, and a line on which it hands over its filter."""
        collect_orphans()
        self.scratch = tempfile.mkdtemp(dir=self.folder)
        self.near, self.far = socket.socketpair()

    def furnish(self, limits: Limits) -> None:
        """Lay the rules on the worker; its processes are counted by the keeper."""
        self.near.close()
        os.close(self.first_end)
        os.chdir(self.scratch)
        _move_home(self.scratch)
        limits.apply(count=False)
        landlock.restrict(
            {
                landlock.READ: (*SYSTEM, *python_places()),
                landlock.WRITE: (*DEVICES, self.scratch),
            }
        )
        listener = seccomp.ask()
        with self.far:
            socket.send_fds(self.far, [b"filter"], [listener])
        os.close(listener)

    def watch(self, worker: int, limits: Limits) -> None:
        """Keep the worker, then remove all that it leaves."""
        self.far.close()
        try:
            with self.near:
                _, listeners, _, _ = socket.recv_fds(self.near, 16, 1)
            for listener in listeners:  # none if the worker has failed before
                ends = [os.pidfd_open(worker), self.first_end]
                Keeper(listener, ends, self.scratch, limits).watch()
        finally:
            end_all()
            _remove(self.scratch if os.getppid() == self.first else self.folder)


WALLS = {"none": Wall, "bubblewrap": Namespaces, "landlock": Landlock}


def _move_home(folder: str) -> None:
    """Let programs and libraries write where it is allowed."""
    os.environ.update(HOME=folder, TMPDIR=folder)
    tempfile.tempdir = folder


def _remove(folder: str) -> None:
    """Remove a folder; programs do it if some below are closed, or too deep for Python."""
    with suppress(OSError, RecursionError):
        shutil.rmtree(folder)
    if os.path.exists(folder):
        for command in (["chmod", "-R", "u+rwx"], ["rm", "-rf"]):
            subprocess.run([*command, folder], stderr=subprocess.DEVNULL, check=False)
