"""Judging: how a check turns a function under test into a verdict.

draw       cases from a seed
case       one call: what goes in, and how to speak of it
watch      which tensor operations the function runs
borrowed   whether an answer runs what the package has already written
call       one case put to the function, wherever it lives
compare    the stages an answer passes: type, shape, number type, value
gradient   the answer's slopes, compared as its values are
finding    what went wrong in one call, in words for the student
verdict    what all calls came to
given      the same with right helpers, so that one mistake costs one task
check      a task's cases, reference and known mistakes, put to a function
"""

from .borrowed import is_borrowed
from .call import Caller, LocalCaller, Outcome, observe
from .case import Case
from .check import Check, Mistake
from .draw import Draw
from .given import given
from .gradient import Gradients
from .verdict import Verdict, WrongAnswer

__all__ = [
    "Caller",
    "Case",
    "Check",
    "Draw",
    "Gradients",
    "LocalCaller",
    "Mistake",
    "Outcome",
    "Verdict",
    "WrongAnswer",
    "given",
    "is_borrowed",
    "observe",
]
