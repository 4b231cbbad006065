"""Calls: one case put to the student's function, answered in plain data."""

from contextlib import nullcontext
from importlib import import_module
from typing import Any

from dlcourse.checks.judging import (
    Case,
    Check,
    Gradients,
    LocalCaller,
    Outcome,
    is_borrowed,
)

from .values import BadValue, decode, encode

__all__ = ["answer_call"]


def answer_call(request: dict[str, Any], names: dict[str, Any]) -> dict[str, Any]:
    """Put a case to a function.

    Args:
        request: page and task of the check, the arguments, and whether the function finds
            right helpers.
        names: the student's, among them the function.

    Returns:
        The outcome, or ``missing`` if there is no function.
    """
    check: Check = getattr(
        import_module(f"dlcourse.checks.{request['page']}"), request["task"]
    )
    if check.task not in names:
        return {"missing": True}
    function = names[check.task]
    if is_borrowed(function):
        return {"borrowed": True}
    caller = LocalCaller(function, check.lends, check.gradients)
    helpers = {other.task: other.reference for other in check.builds_on}
    with caller.helped(helpers) if request["helped"] else nullcontext():
        return _describe(_observe(caller, Case(decode(request["arguments"]))))


def _observe(caller: LocalCaller, case: Case) -> Outcome:
    try:
        return caller.call(case)
    except BaseException as error:  # SystemExit, which ends a notebook's cell only
        return Outcome(error=type(error).__name__)


def _describe(outcome: Outcome) -> dict[str, Any]:
    try:
        answer = encode(outcome.answer)
        gradients = _describe_gradients(outcome.gradients)
    except BadValue as error:
        return {"error": f"MemoryError: it returned {error}"}
    return {
        "answer": answer,
        "blank": outcome.blank,
        "error": outcome.error,
        "borrowed": outcome.borrowed,
        "changed": list(outcome.changed),
        "seen": dict(outcome.seen),
        "gradients": gradients,
    }


def _describe_gradients(gradients: Gradients | None) -> dict[str, Any] | None:
    if gradients is None:
        return None
    return {
        "values": {name: encode(each) for name, each in gradients.values.items()},
        "error": gradients.error,
        "seen": dict(gradients.seen),
    }
