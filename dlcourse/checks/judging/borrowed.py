"""Borrowed: see whether an answer runs what the package has already written.

An exercise asks for the student's own code. The package that its checks come from holds the same
functions, one import away, so a call into them is noticed as a forbidden operation is.
"""

import inspect
import sys
from collections.abc import Callable, Iterable
from types import CodeType, FrameType
from typing import Any

__all__ = ["Borrowing", "is_borrowed"]

PACKAGE = __name__.partition(".")[0] + "."
OPEN = ("axes", "checks.judging", "data", "grading", "show", "training")
"""Parts of the package that answer no task, or that run the checks."""


def is_borrowed(function: Any) -> bool:
    """Whether a function is the package's own."""
    return str(getattr(function, "__module__", "")).startswith(PACKAGE)


class Borrowing:
    """Notice, inside a ``with`` block, calls into the package; ``found`` says if there were any.

    Args:
        lends: modules that a task gives to be used, as in "dlcourse.nn.convolution".
        helpers: functions of the package that are lent.
    """

    def __init__(
        self, lends: Iterable[str] = (), helpers: Iterable[Callable[..., Any]] = ()
    ) -> None:
        self.found = False
        self.lends = (*(PACKAGE + name for name in OPEN), *lends)
        self.helpers = {_code(helper) for helper in helpers}

    def __enter__(self) -> "Borrowing":
        self.before = sys.getprofile()
        sys.setprofile(self._look)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(self.before)

    def _look(self, frame: FrameType, event: str, argument: Any) -> None:
        if event == "call" and not self.found:
            name = str(frame.f_globals.get("__name__"))
            if name.startswith(PACKAGE) and not name.startswith(self.lends):
                self.found = not self._is_lent(frame)

    def _is_lent(self, frame: FrameType | None) -> bool:
        """Whether a helper is running, or has called what is."""
        while frame is not None:
            if frame.f_code in self.helpers:
                return True
            frame = frame.f_back
        return False


def _code(function: Callable[..., Any]) -> CodeType | None:
    """Code of a function itself, since decorated functions share that of their decorator."""
    return getattr(inspect.unwrap(function), "__code__", None)
