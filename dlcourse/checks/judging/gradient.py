"""Gradient: the slopes of an answer, which a layer needs as much as its values.

A function can give the right values and pass nothing back, if it has turned its tensors into plain
numbers on the way. So where a task asks for it, the function is called once more on arguments that
want a gradient, and what comes back is compared as the values are.

Torch:  torch.autograd.grad
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from .case import Case
from .compare import Fault, find_fault
from .watch import Watch

__all__ = ["Gradients", "find_gradient_fault", "find_gradients"]


@dataclass(frozen=True)
class Gradients:
    """What came back.

    Attributes:
        values: by the argument's name; None where nothing reaches it.
        error: the exception that ended the call or the way back, "" if none did.
        seen: how often each ATen operation ran, there and back.
    """

    values: Mapping[str, Any] = field(default_factory=dict)
    error: str = ""
    seen: Mapping[str, int] = field(default_factory=dict)


def find_gradients(
    function: Callable[..., Any], case: Case, names: Sequence[str]
) -> Gradients:
    """Ask for the gradient of a sum in which every entry of the answer has its own weight.

    Args:
        function: called once, on copies of the case's arguments.
        case: what it is called with.
        names: of the arguments whose gradients are asked for.
    """
    arguments = case.copy()
    leaves = [arguments[name].requires_grad_() for name in names]
    try:
        with torch.enable_grad(), Watch() as watch:
            slopes = _differentiate(function(**arguments), leaves)
    except (
        Exception
    ) as error:  # a student's code may raise anything, on the way back too
        return Gradients(error=type(error).__name__)
    return Gradients(dict(zip(names, slopes, strict=True)), seen=watch.seen)


def _differentiate(answer: Any, leaves: Sequence[Tensor]) -> Sequence[Tensor | None]:
    if not isinstance(answer, Tensor) or not answer.requires_grad:
        return [None] * len(leaves)
    weights = torch.arange(1, answer.numel() + 1, dtype=answer.dtype).sin()
    return torch.autograd.grad(
        answer, leaves, weights.reshape(answer.shape), allow_unused=True
    )


def find_gradient_fault(
    found: Gradients, expected: Mapping[str, Tensor]
) -> Fault | None:
    """Find the first argument whose gradient is missing or wrong."""
    if found.error:
        return Fault("cut off", f"its arguments ({found.error} on the way)")
    for name, wanted in expected.items():
        got = found.values.get(name)
        if not isinstance(got, Tensor):
            return Fault("cut off", name)
        fault = find_fault(got, wanted)
        if fault is not None:
            return Fault(
                "gradient",
                f"the values are right, but not the gradient with respect to {name}: "
                f"{fault.detail}",
            )
    return None
