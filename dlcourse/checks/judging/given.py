"""Given: judge a function as if the tasks it builds on were solved.

A wrong helper makes every later function wrong, and would cost the marks of them all. So a function
that fails is put to the same cases once more, with right helpers in the place of the student's own.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

__all__ = ["given"]


@contextmanager
def given(
    function: Callable[..., Any], helpers: Mapping[str, Callable[..., Any]]
) -> Iterator[None]:
    """Put right helpers under the names that the function looks up, then undo it."""
    names = getattr(
        function, "__globals__", {}
    )  # what is not a Python function has none
    own = {name: names[name] for name in helpers if name in names}
    names.update(helpers)  # also where the student's own never came to be
    try:
        yield
    finally:
        for name in helpers:
            names.pop(name)
        names.update(own)
