"""Compare: the stages an answer passes, each with its own words.

A wrong shape makes every value wrong, and a wrong type leaves no shape to read. So the stages run
in order, and the first that fails speaks.
"""

from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

__all__ = ["Fault", "find_fault"]

TOLERANCE = 1e-9
"""Relative and absolute. Cases are in double precision, where two orders of summing the same few
thousand products differ by less than 1e-12; a mistake shows in the first digits."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with an answer: "type", "shape", "number type" or "value"; and the details."""

    stage: str
    detail: str


def find_fault(answer: Any, expected: Any) -> Fault | None:
    """Find the first stage that an answer fails; None if it passes all."""
    if isinstance(expected, tuple):
        return _in_tuple(answer, expected)
    if isinstance(expected, Tensor):
        return _in_tensor(answer, expected)
    return _in_number(answer, expected)


def _in_tuple(answer: Any, expected: tuple) -> Fault | None:
    if not isinstance(answer, tuple) or len(answer) != len(expected):
        wanted = f"a tuple of {len(expected)}"
        return Fault("type", f"it returned {_kind(answer)}, and {wanted} is right")
    for place, (one, wanted) in enumerate(zip(answer, expected, strict=True), start=1):
        fault = find_fault(one, wanted)
        if fault:
            return replace(
                fault, detail=f"in result {place} of {len(expected)}, {fault.detail}"
            )
    return None


def _in_number(answer: Any, expected: int) -> Fault | None:
    if isinstance(answer, bool) or not isinstance(answer, int):
        return Fault(
            "type", f"it returned {_kind(answer)}, and a whole number (int) is right"
        )
    if answer != expected:
        return Fault("value", f"it returned {answer}, and {expected} is right")
    return None


def _in_tensor(answer: Any, expected: Tensor) -> Fault | None:
    if not isinstance(answer, Tensor):
        return Fault("type", f"it returned {_kind(answer)}, and a tensor is right")
    if answer.shape != expected.shape:
        shapes = f"{tuple(answer.shape)}, and {tuple(expected.shape)} is right"
        return Fault("shape", f"the result has shape {shapes}")
    if answer.dtype != expected.dtype:
        return Fault(
            "number type",
            f"the result holds {answer.dtype}, and {expected.dtype} is right, as in the input; "
            "x.new_zeros(...) takes over the input's type",
        )
    answer = answer.detach()
    wrong = ~torch.isclose(answer, expected, rtol=TOLERANCE, atol=TOLERANCE)
    if not wrong.any():
        return None
    place = wrong.nonzero()[0].tolist()
    got, wanted = (tensor[tuple(place)].item() for tensor in (answer, expected))
    return Fault(
        "value",
        f"{int(wrong.sum())} of {wrong.numel()} values are off; the first, at {place}, is "
        f"{got:.4g}, and {wanted:.4g} is right",
    )


def _kind(answer: Any) -> str:
    if answer is None:
        return "None (is the return missing?)"
    if isinstance(answer, tuple):
        return f"a tuple of {len(answer)}"
    name = type(answer).__name__
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
