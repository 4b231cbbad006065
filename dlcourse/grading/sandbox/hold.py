"""Hold: the grader's hold on one worker, and how it lets go."""

import os
import select
import signal
from contextlib import suppress

from dlcourse.grading.worker.frames import Channel

__all__ = ["A_MOMENT", "Worker"]

A_MOMENT = 5
"""Seconds in which a process ends that has been told to."""


class Worker:
    """A process that runs one submission.

    Args:
        handles: descriptors that name the process, and the one that tidies up after it,
            whatever happens to their numbers.
        channels: to the worker, and to each copy that it will keep.
    """

    def __init__(self, handles: list[int], channels: list[Channel]) -> None:
        self.handles = handles
        self.main, *self.copies = channels

    def end(self) -> None:
        """Kill it with all that it has started; once is enough."""
        for handle in self.handles[:1]:
            with suppress(ProcessLookupError):
                signal.pidfd_send_signal(handle, signal.SIGKILL)
        for channel in (self.main, *self.copies):
            channel.close()
        for handle in self.handles:
            _wait(handle)
            os.close(handle)
        self.handles = []


def _wait(handle: int) -> None:
    """Wait until a process is gone, so that the next one meets nothing of it."""
    poll = select.poll()
    poll.register(handle, select.POLLIN)
    poll.poll(A_MOMENT * 1000)
