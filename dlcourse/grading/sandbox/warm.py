"""Warm: the grader's end of the process that forks the workers."""

import atexit
import json
import socket
import subprocess
import tempfile
from dataclasses import asdict
from functools import cache
from threading import Lock

from dlcourse.grading.errors import GradingError
from dlcourse.grading.worker.frames import Channel

from .choice import Sandbox
from .hold import A_MOMENT, Worker
from .limits import Limits

__all__ = ["Warm", "Worker", "warm"]

ONE_AT_A_TIME = Lock()
PATIENCE = 120
"""Seconds in which torch is imported even on a machine with much else to do."""


class Warm:
    """The warm process.

    Args:
        sandbox: where it runs.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self.lock = Lock()  # an answer goes to the thread that asked
        self._start()

    def fork(self, page: str, limits: Limits, copies: int) -> Worker:
        """Make a worker.

        Args:
            page: of the checks that it will need.
            limits: what it may use.
            copies: how many copies it will be asked to keep.

        Raises:
            GradingError: if the process is gone or the kernel refuses.
        """
        with self.lock:
            return self._fork(page, limits, copies)

    def _fork(self, page: str, limits: Limits, copies: int) -> Worker:
        if self.process.poll() is not None:  # the kernel takes the largest when short
            self.close()
            self._start()
        pairs = [socket.socketpair() for _ in range(1 + copies)]
        near, far = ([pair[side] for pair in pairs] for side in (0, 1))
        request = json.dumps({"page": page, "limits": asdict(limits)}).encode()
        try:
            socket.send_fds(self.control, [request], [end.fileno() for end in far])
            return Worker(self._receive(), [Channel(end) for end in near])
        except (GradingError, OSError):
            for end in near:
                end.close()
            raise
        finally:
            for end in far:
                end.close()

    def close(self) -> None:
        """End it, and with it every worker in the same sandbox."""
        self.control.close()
        try:
            self.process.wait(A_MOMENT)  # it tidies up first
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.said.close()

    def _start(self) -> None:
        kind = socket.SOCK_SEQPACKET  # keeps messages apart
        self.control, other = socket.socketpair(socket.AF_UNIX, kind)
        self.control.settimeout(PATIENCE)
        self.said = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close()
        with other:
            self.process = self.sandbox.start(
                *("-m", "dlcourse.grading.sandbox.zygote"),
                self.sandbox.name,
                stdin=other,
                stdout=subprocess.DEVNULL,
                stderr=self.said,
            )
        try:
            self._receive()
        except GradingError:
            self.close()
            raise

    def _receive(self) -> list[int]:
        """Take the handles that come with an answer."""
        try:
            message, handles, _, _ = socket.recv_fds(self.control, 4096, 2)
        except TimeoutError:
            message, handles = b"", []
        said = json.loads(message) if message else {"error": self._last_words()}
        if "error" in said:
            raise GradingError(f"the sandbox made no worker: {said['error']}")
        return handles

    def _last_words(self) -> str:
        self.said.seek(0)
        lines = self.said.read().decode(errors="replace").splitlines()
        return lines[-1] if lines else "its first process has ended or does not answer"


def warm(sandbox: Sandbox) -> Warm:
    """Start the warm process of a sandbox, once in the life of this one."""
    with ONE_AT_A_TIME:
        return _warm(sandbox)


@cache
def _warm(sandbox: Sandbox) -> Warm:
    started = Warm(sandbox)
    atexit.register(started.close)
    return started
