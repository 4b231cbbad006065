"""Call: put one case to the function under test, and note all that can be seen of it.

A check need not know where the function lives. In a notebook it is a function like any other; in
grading it stands in another process, behind a :class:`Caller` of its own.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any, Protocol, runtime_checkable

from .borrowed import Borrowing
from .case import Case
from .finding import describe_error
from .given import given
from .gradient import Gradients, find_gradients
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
        borrowed: whether it is, or runs, the package's own code.
        changed: arguments that are no longer what they were.
        seen: how often each ATen operation ran.
        gradients: of the answer, if they were asked for.
    """

    answer: Any = None
    blank: bool = False
    error: str = ""
    stopped: str = ""
    borrowed: bool = False
    changed: tuple[str, ...] = ()
    seen: Mapping[str, int] = field(default_factory=Counter)
    gradients: Gradients | None = None


@runtime_checkable
class Caller(Protocol):
    """Calls the function under test, wherever it lives."""

    def call(self, case: Case) -> Outcome:
        """Put one case to it."""

    def helped(
        self, helpers: Mapping[str, Callable[..., Any]]
    ) -> AbstractContextManager[None]:
        """Let the calls inside the block find right helpers under these names."""


@dataclass
class LocalCaller:
    """Calls a function of this process.

    Attributes:
        function: which.
        lends: modules of the package that it may use; None if it may use any, as what is
            judged outside a notebook may.
        gradients: arguments with respect to which the answer's gradient is asked for.
    """

    function: Callable[..., Any]
    lends: tuple[str, ...] | None = None
    gradients: tuple[str, ...] = ()
    helpers: tuple[Callable[..., Any], ...] = ()

    def call(self, case: Case) -> Outcome:
        """Put one case to it."""
        if self.lends is None:
            return observe(self.function, case, self.gradients)
        borrowing = Borrowing(self.lends, self.helpers)
        return observe(self.function, case, self.gradients, borrowing)

    @contextmanager
    def helped(self, helpers: Mapping[str, Callable[..., Any]]) -> Iterator[None]:
        """Let the calls inside the block find right helpers under these names."""
        self.helpers = tuple(helpers.values())
        with given(self.function, helpers):
            yield
        self.helpers = ()


def observe(
    function: Callable[..., Any],
    case: Case,
    gradients: tuple[str, ...] = (),
    borrowing: Borrowing | None = None,
) -> Outcome:
    """Call a function of this process on copies of a case's arguments, under a watch.

    Args:
        function: which.
        case: what it is called with.
        gradients: arguments with respect to which the answer's gradient is asked for.
        borrowing: notices calls into the package, if they are not allowed.
    """
    arguments = case.copy()
    try:
        with borrowing or nullcontext():
            with Watch() as watch:
                answer = function(**arguments)
            slopes = find_gradients(function, case, gradients) if gradients else None
    except NotImplementedError:
        return Outcome(blank=True)
    except Exception as error:  # a student's code may raise anything
        return Outcome(error=describe_error(error))
    return Outcome(
        answer,
        borrowed=borrowing is not None and borrowing.found,
        changed=tuple(case.changed(arguments)),
        seen=watch.seen,
        gradients=slopes,
    )
