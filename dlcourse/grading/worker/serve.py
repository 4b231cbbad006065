"""Serve: the loop that answers the grader, one frame for each of its.

======  ==============================================================
cell    run a cell; what it showed
keep    fork: the copy stays as the notebook is now and answers on a channel of its
        own; its calls change nothing here and are seen by no later cell
call    put a case to a function
drop    end a copy that is stuck
======  ==============================================================
"""

import os
import random
import signal
import socket
from contextlib import suppress
from typing import Any

from .calls import answer_call
from .frames import Channel, NoFrame
from .shell import Shell

__all__ = ["serve"]


def serve(ends: list[socket.socket], shell: Shell) -> None:
    """Answer on the first socket until the grader hangs up; the others are for copies."""
    server = Server(ends, shell)
    with suppress(NoFrame):  # the grader has what it wanted
        while True:
            request = server.channel.receive()
            server.channel.send(getattr(server, request.pop("ask"))(**request))


class Server:
    """A notebook's state and the copies kept of it.

    Args:
        ends: the channel to the grader, then one for each copy.
        shell: holds the student's names.
    """

    def __init__(self, ends: list[socket.socket], shell: Shell) -> None:
        self.channel = Channel(ends[0])
        self.free = dict(enumerate(ends[1:]))
        self.shell = shell
        self.copies: dict[int, int] = {}

    def cell(self, source: str) -> dict[str, Any]:
        """Run a cell."""
        return {"outputs": self.shell.run(source).outputs}

    def call(self, **request: Any) -> dict[str, Any]:
        """Put a case to a function."""
        return answer_call(request, self.shell.user_ns)

    def keep(self, place: int) -> dict[str, Any]:
        """Fork a copy that answers on the channel with this number."""
        drawn = random.getstate()  # Python seeds anew in a fork
        copy = os.fork()
        if copy == 0:
            random.setstate(drawn)
            self._become_copy(place)
        with suppress(OSError):  # the copy has done it
            os.setpgid(copy, copy)
        self.free.pop(place).close()
        self.copies[place] = copy
        return {}

    def drop(self, place: int) -> dict[str, Any]:
        """End a copy and what it has started."""
        copy = self.copies.pop(place)
        os.killpg(copy, signal.SIGKILL)
        os.waitpid(copy, 0)
        return {}

    def _become_copy(self, place: int) -> None:
        with suppress(OSError):  # the other process has done it
            os.setpgid(0, 0)
        end = self.free.pop(place)
        # An end held twice would stay open when the one who answers on it dies.
        self.channel.close()
        for other in self.free.values():
            other.close()
        serve([end], self.shell)
        os._exit(0)
