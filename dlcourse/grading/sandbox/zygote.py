"""Zygote: the warm process that forks a worker for each submission.

It imports torch once, which takes seconds, and a fork of it takes milliseconds. It runs
no student's code and no other thread: a fork keeps only the one that calls it, and would
leave a pool of workers waiting for the rest.
"""

import gc
import json
import os
import socket
import sys
from contextlib import suppress
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from .limits import Limits
from .walls import WALLS, Wall

__all__ = ["main"]

MOST_DESCRIPTORS = 64
MOST_BYTES = 4096


def main() -> None:
    """Fork workers as the grader asks, on the socket that is the standard input."""
    wall = WALLS[sys.argv[1]]()
    wall.enter()
    try:
        _serve(wall)
    finally:
        wall.leave()


def _serve(wall: Wall) -> None:
    control = socket.socket(fileno=os.dup(0))
    with open(os.devnull, "r+b") as nothing:
        os.dup2(nothing.fileno(), 0)
    zygote = Zygote(control, _warm_up(), wall)
    control.send(b"{}")
    while zygote.answer():
        pass


def _warm_up() -> Any:
    """Import what notebooks and checks import, and make a notebook's shell."""
    import matplotlib.pyplot  # noqa: F401
    import torch

    from dlcourse.checks.judging import Case, observe
    from dlcourse.grading.worker.shell import make_shell

    torch.backends.cpu.get_cpu_capability()  # reads /proc, which workers lack
    observe(
        torch.zeros, Case({"size": ()})
    )  # the first watch imports a thousand modules
    shell = make_shell()
    threads = len(os.listdir("/proc/self/task"))
    if threads > 1:
        raise RuntimeError(f"{threads} threads run already, and a fork keeps only one")
    gc.freeze()  # a collection in a worker would copy every page that holds an object
    return shell


def _seed() -> None:
    """Begin every worker with the same random numbers, so that a regrade repeats them."""
    import random

    import numpy as np
    import torch

    random.seed(0)
    np.random.seed(0)  # noqa: NPY002 - the state that a student's np.random uses
    torch.manual_seed(0)


@dataclass(frozen=True)
class Zygote:
    """The warm process.

    Attributes:
        control: socket to the grader.
        shell: what each worker begins with.
        wall: what stands around the workers.
    """

    control: socket.socket
    shell: Any
    wall: Wall

    def answer(self) -> bool:
        """Fork a worker for the next request; say whether there was one."""
        message, sockets, _, _ = socket.recv_fds(
            self.control, MOST_BYTES, MOST_DESCRIPTORS
        )
        if not message:
            return False
        request = json.loads(message)
        import_module(f"dlcourse.checks.{request['page']}")
        _bury()
        if os.fork() == 0:
            self._hand_over(Limits(**request["limits"]), sockets)
        for number in sockets:
            os.close(number)
        return True

    def _hand_over(self, limits: Limits, sockets: list[int]) -> None:
        """Separate, fork the worker, send handles to both, and stay as long as needed."""
        try:
            self.wall.separate()
            worker = os.fork()
            if worker == 0:
                self._work(limits, sockets)
            handles = [os.pidfd_open(process) for process in (worker, os.getpid())]
            socket.send_fds(self.control, [b"{}"], handles)
            for number in (*sockets, *handles):
                os.close(number)
            self.control.close()
            self.wall.watch(worker, limits)
        except OSError as error:
            with suppress(OSError):  # the grader has its answer already, or is gone
                self.control.send(json.dumps({"error": str(error)}).encode())
        finally:
            os._exit(0)

    def _work(self, limits: Limits, sockets: list[int]) -> None:
        from dlcourse.grading.worker.serve import serve

        try:
            self.control.close()
            os.dup2(0, 2)  # the file that holds our own errors is not for students
            os.setsid()  # a signal to "my group" reaches nobody else
            self.wall.furnish(limits)
            _seed()
            serve([socket.socket(fileno=number) for number in sockets], self.shell)
        finally:
            os._exit(0)


def _bury() -> None:
    """Take note of the processes that have ended, which the kernel remembers till then."""
    with suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


if __name__ == "__main__":
    main()
