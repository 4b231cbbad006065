"""Clock: how long the cells, a check and the whole submission may take."""

import time
from dataclasses import dataclass, field

__all__ = ["Clock", "TimeIsUp"]


class TimeIsUp(Exception):  # noqa: N818 - it says what has happened
    """The submission has had all its time; the message says so to the student."""


@dataclass(frozen=True)
class Clock:
    """Limits in seconds of wall time; the whole runs from when this is made.

    Attributes:
        cell: for one cell.
        check: for one call of a check.
        whole: for the submission.
    """

    cell: float = 30.0
    check: float = 30.0
    whole: float = 300.0
    began: float = field(default_factory=time.monotonic)

    def within(self, seconds: float) -> float:
        """Cut a limit to what the submission has left.

        Raises:
            TimeIsUp: if nothing is.
        """
        left = self.began + self.whole - time.monotonic()
        if left <= 0:
            raise TimeIsUp(f"the notebook ran longer than {self.whole:g} seconds.")
        return min(seconds, left)
