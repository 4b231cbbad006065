"""Outcome: read a worker's word on one call, believing nothing.

Whoever writes a worker's answers may be the student. They can spoil their own marks; the
rest is checked here: every type, every name, and what could carry a hidden case into
feedback.
"""

import builtins
from typing import Any

from dlcourse.checks.judging import Case, Gradients, Outcome
from dlcourse.grading.worker.values import BadValue, decode

__all__ = ["read_outcome"]

LONGEST = 500
"""Characters of an error's message."""


def read_outcome(
    reply: dict[str, Any], case: Case, gradients: tuple[str, ...] = ()
) -> Outcome:
    """Turn a reply into the outcome of a call.

    Args:
        reply: the worker's.
        case: that was put.
        gradients: arguments whose gradients were asked for.

    Raises:
        BadValue: if it is none.
    """
    error, changed, seen = (
        _expect(kind, reply.get(key, kind()))
        for key, kind in (("error", str), ("changed", list), ("seen", dict))
    )
    return Outcome(
        answer=decode(reply.get("answer")),
        blank=reply.get("blank") is True,
        error=_name_error(error),
        borrowed=reply.get("borrowed") is True,
        changed=tuple(name for name in case.arguments if name in changed),
        seen=_read_counts(seen),
        gradients=_read_gradients(reply.get("gradients"), gradients),
    )


def _read_counts(seen: dict[str, Any]) -> dict[str, int]:
    return {name: count for name, count in seen.items() if _expect(int, count) > 0}


def _read_gradients(reply: Any, names: tuple[str, ...]) -> Gradients | None:
    """Read the gradients that were asked for; those that are not there reach nothing."""
    if not names:
        return None
    reply = _expect(dict, {} if reply is None else reply)
    values, error, seen = (
        _expect(kind, reply.get(key, kind()))
        for key, kind in (("values", dict), ("error", str), ("seen", dict))
    )
    return Gradients(
        {name: decode(values.get(name)) for name in names},
        _name_error(error),
        _read_counts(seen),
    )


def _expect(kind: type, value: Any) -> Any:
    if type(value) is not kind:
        raise BadValue(
            f"a {type(value).__name__} in the place of a {kind.__name__} in an answer"
        )
    return value


def _name_error(text: str) -> str:
    """Keep an exception's name if it is one of Python's: others may spell out a case."""
    name, colon, message = text[:LONGEST].partition(":")
    known = getattr(builtins, name, None)
    if not text or (isinstance(known, type) and issubclass(known, BaseException)):
        return f"{name}{colon}{message}"
    return f"an error of its own{colon}{message}"
