"""Call: put one case to the function under test, and note all that can be seen of it.

A check need not know where the function lives. In a notebook it is a function like any other; in
grading it stands in another process, behind a :class:`Caller` of its own.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from .case import Case
from .finding import describe_error
from .given import given
from .watch import Watch

__all__ = ["Caller", "LocalCaller", "Outcome", "observe"]


@dataclass(frozen=True)
class Outcome:
    """What one call came to.

    Attributes:
        answer: what the function returned, if it returned.
        blank: whether it is not written yet.
        error: the exception that ended it, as in "ValueError: too small"; "" if none did.
        stopped: why it was not let to its end, as in "ran longer than 8 seconds."; "" if it was.
        changed: arguments that are no longer what they were.
        seen: how often each ATen operation ran.
    """

    answer: Any = None
    blank: bool = False
    error: str = ""
    stopped: str = ""
    changed: tuple[str, ...] = ()
    seen: Mapping[str, int] = field(default_factory=Counter)


@runtime_checkable
class Caller(Protocol):
    """Calls the function under test, wherever it lives."""

    def call(self, case: Case) -> Outcome:
        """Put one case to it."""

    def helped(
        self, helpers: Mapping[str, Callable[..., Any]]
    ) -> AbstractContextManager[None]:
        """Let the calls inside the block find right helpers under these names."""


@dataclass(frozen=True)
class LocalCaller:
    """Calls a function of this process."""

    function: Callable[..., Any]

    def call(self, case: Case) -> Outcome:
        """Put one case to it."""
        return observe(self.function, case)

    def helped(
        self, helpers: Mapping[str, Callable[..., Any]]
    ) -> AbstractContextManager[None]:
        """Let the calls inside the block find right helpers under these names."""
        return given(self.function, helpers)


def observe(function: Callable[..., Any], case: Case) -> Outcome:
    """Call a function of this process on copies of a case's arguments, under a watch."""
    arguments = case.copy()
    try:
        with Watch() as watch:
            answer = function(**arguments)
    except NotImplementedError:
        return Outcome(blank=True)
    except Exception as error:  # a student's code may raise anything
        return Outcome(error=describe_error(error))
    return Outcome(answer, changed=tuple(case.changed(arguments)), seen=watch.seen)
