"""Finding: what went wrong in one call, and how to say it.

In the open, a message may show everything. In grading the cases are hidden, so it names the kind of
fault and nothing of the case.
"""

import traceback
from dataclasses import dataclass
from typing import Any

from .case import Case

__all__ = ["BORROWED", "STAGES", "Finding"]

STAGES = (
    "blank",
    "stopped",
    "error",
    "borrowed",
    "argument changed",
    "forbidden",
    "type",
    "shape",
    "number type",
    "value",
    "cut off",
    "gradient",
    "operations",
)
"""Where a call can fail, in the order in which the stages speak."""


@dataclass(frozen=True)
class Finding:
    """One failed call.

    Attributes:
        stage: one of :data:`STAGES`.
        case: what the function was called with.
        detail: what exactly was seen.
        answer: what the function returned, if it returned.
    """

    stage: str
    case: Case
    detail: str = ""
    answer: Any = None

    def tell(self, *, hidden: bool) -> str:
        """Say it to the student."""
        if self.stage in ADVICE:
            return ADVICE[self.stage].format(self.detail)
        if self.stage == "error":
            return f"it stopped with {self.detail.split(':')[0] if hidden else self.detail}."
        if hidden and self.stage in ("type", "number type"):
            return f"{self.detail}."  # which tells nothing about the case
        if hidden:
            return f"its {self.stage} is wrong on a hidden case, larger than those you saw."
        return f"{self.detail}. It was called with {self.case}."


BORROWED = "it runs dlcourse's own code, and this task asks you to write yours."
ADVICE = {
    "borrowed": BORROWED,
    "blank": "not written yet. Put your code where it says YOUR CODE HERE, then run both cells.",
    "stopped": "it {}",
    "argument changed": "it changed its argument {}, which the caller still needs; work on a copy, "
    "x.clone() for example.",
    "forbidden": "it runs {}, which does the work that this task asks you to write.",
    "cut off": "the values are right, but no gradient reaches {}: a detach, .data, .item(), numpy "
    "or a new tensor made of numbers cuts the way back.",
    "operations": "the values are right, but it runs {}: there is a loop over windows left.",
}


def describe_error(error: Exception) -> str:
    """Name an exception and the student's line that raised it."""
    frames = traceback.extract_tb(error.__traceback__)[
        1:
    ]  # without the check's own call
    mine = [frame for frame in frames if frame.filename == frames[0].filename]
    where = (
        f", in your line {mine[-1].lineno}: {mine[-1].line}"
        if mine and mine[-1].line
        else ""
    )
    text = str(error).strip().split("\n")[0]
    return f"{type(error).__name__}: {text}{where}"
