"""Keeper: the process above a worker that has no namespaces of its own.

The kernel asks it before the worker or any process that comes of it starts another or
sends a signal. So it knows how many there are, and lets none reach out. When the worker
ends it stops answering, so that nobody can start another, and kills all that are left.
"""

import ctypes
import math
import os
import select
import signal
import time
from contextlib import suppress
from fcntl import ioctl
from struct import Struct

from .limits import MIB, Limits
from .processes import Memory, descendants
from .syscalls import number

__all__ = ["Keeper", "end_all"]

RECEIVE, ANSWER = 0xC0502100, 0xC0182101
QUESTION, REPLY = Struct("=QIIiIQ6Q"), Struct("=QqiI")
CONTINUE = 1

SECOND = 1000
"""How often to look at what the worker uses, in milliseconds."""

ENTRY = 256
"""Bytes for a name, about."""


class Keeper:
    """Watches over one worker, from the process that is its parent.

    Args:
        listener: where the kernel asks.
        ends: descriptors of the processes at whose end the watch is over.
        scratch: the worker's folder.
        limits: what it may use.
    """

    def __init__(
        self, listener: int, ends: list[int], scratch: str, limits: Limits
    ) -> None:
        self.listener = listener
        self.ends = ends
        self.scratch = scratch
        self.limits = limits
        self.memory = Memory(limits.memory * MIB)
        self.room = 0  # for processes, at least, since they were last counted
        self.signals = {number("kill"), number("tgkill")}
        self.poll = select.poll()
        for descriptor in (listener, *ends):
            self.poll.register(descriptor, select.POLLIN)

    def watch(self) -> None:
        """Answer the kernel until one of the processes ends, or all is used up."""
        look = time.monotonic()
        while True:
            ready = dict(self.poll.poll(SECOND))
            if any(end in ready for end in self.ends):
                return
            if ready.get(self.listener, 0) & select.POLLIN:
                self._answer()
            if time.monotonic() > look:
                look = time.monotonic() + SECOND / 1000
                if self._all_is_used_up():
                    return

    def _answer(self) -> None:
        question = bytearray(QUESTION.size)
        with suppress(FileNotFoundError):  # who asked has been killed meanwhile
            ioctl(self.listener, RECEIVE, question)
            name, _, _, asked, _, _, argument, *_ = QUESTION.unpack(question)
            if asked in self.signals:
                granted = self._may_signal(ctypes.c_int32(argument).value)
                answer = (0, CONTINUE) if granted else (-1, 0)  # EPERM
            else:
                answer = (0, CONTINUE) if self._may_start() else (-11, 0)  # EAGAIN
            ioctl(self.listener, ANSWER, REPLY.pack(name, 0, *answer))

    def _may_start(self) -> bool:
        """Count anew only when the count could have reached the limit."""
        if self.room <= 0:
            own = descendants(os.getpid()).values()
            running = sum(process.threads for process in own)
            self.room = self.limits.processes - running
        self.room -= 1
        return self.room >= 0

    def _all_is_used_up(self) -> bool:
        """Say whether the folder or the memory of all processes together is."""
        disk = self.limits.disk * MIB
        return self.memory.is_used_up() or _used(self.scratch) > disk

    def _may_signal(self, target: int) -> bool:
        """Let signals reach the worker's processes and their groups.

        A number could pass to another process before the signal is sent, had all the
        others been used in that moment; where Landlock rules over signals, not even then.
        """
        own = descendants(os.getpid())
        groups = {process.group for process in own.values()}
        return target == 0 or target in own or -target in groups


def end_all() -> None:
    """Kill every descendant of this process, which collects their orphans."""
    while True:
        for process in descendants(os.getpid()):
            with suppress(ProcessLookupError):
                os.kill(process, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:  # there is none left
            return


def _used(folder: str) -> float:
    """Bytes of what is below a folder; the entry of a file takes room too."""
    total = 0
    try:
        for place, folders, files in os.walk(folder):
            for name in (*folders, *files):
                with suppress(OSError):
                    entry = os.lstat(os.path.join(place, name))
                    total += ENTRY + entry.st_blocks * 512
    except RecursionError:  # nobody needs a thousand folders in each other
        return math.inf
    return total
