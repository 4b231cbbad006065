"""Check: a task's cases, reference and known mistakes, put to a function.

A check knows wrong answers as well as the right one. If a function fails just as a known mistake
does, the verdict names that mistake instead of listing numbers.
"""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from .borrowed import is_borrowed
from .call import Caller, LocalCaller, Outcome
from .case import Case
from .compare import find_fault
from .draw import Draw
from .finding import BORROWED, STAGES, Finding
from .gradient import find_gradient_fault, find_gradients
from .verdict import Verdict, WrongAnswer

__all__ = ["Check", "Mistake"]


@dataclass(frozen=True)
class Mistake:
    """A wrong answer worth knowing.

    Attributes:
        name: what the mistake is, as a clause: "the kernel is flipped".
        advice: a sentence that leads to the remedy without giving it away.
        function: the wrong answer itself.
    """

    name: str
    advice: str
    function: Callable[..., Any]


@dataclass(frozen=True)
class Check:
    """One task.

    Attributes:
        task: name of the function that the student writes.
        draw: makes one case from a source of random numbers.
        reference: the right answer.
        mistakes: the wrong answers known by name.
        builds_on: checks of the earlier tasks whose functions this one may call.
        forbidden: ATen operations that would do the task's work.
        operations: tensor operations allowed in one call, to tell all-at-once from a loop; None
            for any number.
        cases: how many cases are put.
        lends: modules of the package that the exercise gives to be used.
        gradients: arguments with respect to which the answer's gradient must be right too.
    """

    task: str
    draw: Callable[[Draw], Case]
    reference: Callable[..., Any]
    mistakes: tuple[Mistake, ...]
    builds_on: tuple["Check", ...] = ()
    forbidden: tuple[str, ...] = ()
    operations: int | None = None
    cases: int = 8
    lends: tuple[str, ...] = ()
    gradients: tuple[str, ...] = ()

    def __call__(self, function: Callable[..., Any], seed: int | None = None) -> None:
        """Judge the function and print the verdict, or raise it if the answer is wrong.

        Args:
            function: the answer.
            seed: draws the same cases again; without one they are new at every call.

        Raises:
            WrongAnswer: with the verdict as its message.
        """
        if is_borrowed(function):
            raise WrongAnswer(
                Verdict(self.task, 0, self.cases, "borrowed", message=BORROWED)
            )
        seed = secrets.randbits(32) if seed is None else seed
        caller = LocalCaller(function, self.lends, self.gradients)
        verdict = self.judge_calls(caller, seed)
        if not verdict.right:
            raise WrongAnswer(verdict)
        print(verdict)

    def judge(
        self, function: Callable[..., Any], seed: int, *, hidden: bool = False
    ) -> Verdict:
        """Put every case to the function; if it fails, again with right helpers.

        Args:
            function: the answer.
            seed: of the cases.
            hidden: draw harder cases, and keep what they hold out of the message.
        """
        caller = LocalCaller(function, gradients=self.gradients)
        return self.judge_calls(caller, seed, hidden=hidden)

    def judge_calls(
        self, caller: Caller, seed: int, *, hidden: bool = False
    ) -> Verdict:
        """Judge a function that may live elsewhere, as :meth:`judge` does one that is here."""
        verdict = self._put(caller, seed, hidden=hidden)
        if verdict.right or not self.builds_on:
            return verdict
        helpers = {check.task: check.reference for check in self.builds_on}
        with caller.helped(helpers):
            helped = self._put(caller, seed, hidden=hidden)
        # Even if still wrong: what is said then is about this task and not about its helpers.
        return replace(helped, helped=helped.right)

    def _put(self, caller: Caller, seed: int, *, hidden: bool) -> Verdict:
        """Put every case to the function once and sum up."""
        source = Draw(seed, hard=hidden)
        findings = [self._try(caller, self.draw(source)) for _ in range(self.cases)]
        failed = [finding for finding in findings if finding is not None]
        passed = self.cases - len(failed)
        if not failed:
            return Verdict(self.task, passed, self.cases)
        mistake = self._recognise(failed)
        if mistake is not None:
            message = f"{mistake.name}. {mistake.advice}"
            return Verdict(
                self.task, passed, self.cases, failed[0].stage, mistake.name, message
            )
        first = min(failed, key=lambda finding: STAGES.index(finding.stage))
        message = first.tell(hidden=hidden)
        return Verdict(self.task, passed, self.cases, first.stage, message=message)

    def _try(self, caller: Caller, case: Case) -> Finding | None:
        """Call the function once; say what is wrong, if anything is."""
        outcome = caller.call(case)
        if outcome.blank:
            return Finding("blank", case)
        if outcome.stopped:
            return Finding("stopped", case, outcome.stopped)
        if outcome.error:
            return Finding("error", case, outcome.error)
        if outcome.borrowed:
            return Finding("borrowed", case)
        if outcome.changed:
            return Finding("argument changed", case, ", ".join(outcome.changed))
        return self._compare(outcome, case)

    def _compare(self, outcome: Outcome, case: Case) -> Finding | None:
        """Look at a call that went through."""
        behind = outcome.gradients.seen if outcome.gradients else {}
        used = self._used(outcome.seen) or self._used(behind)
        if used:
            return Finding("forbidden", case, used)
        fault = find_fault(outcome.answer, self.reference(**case.copy()))
        if fault is not None:
            return Finding(fault.stage, case, fault.detail, outcome.answer)
        if outcome.gradients is not None:
            right = find_gradients(self.reference, case, self.gradients).values
            fault = find_gradient_fault(outcome.gradients, right)
            if fault is not None:  # its values are right, which explains nothing
                return Finding(fault.stage, case, fault.detail)
        count = sum(outcome.seen.values())
        if self.operations is not None and count > self.operations:
            return Finding("operations", case, f"{count} tensor operations in one call")
        return None

    def _used(self, seen: Mapping[str, int]) -> str:
        """Name the forbidden operations that ran."""
        return " and ".join(
            f"torch's {name}" for name in self.forbidden if seen.get(name)
        )

    def _recognise(self, failed: list[Finding]) -> Mistake | None:
        """Find the known mistake that gives the function's answer on every case it failed."""
        for mistake in self.mistakes:
            if all(_explains(mistake, finding) for finding in failed):
                return mistake
        return None


def _explains(mistake: Mistake, finding: Finding) -> bool:
    if finding.answer is None:
        return False
    return find_fault(finding.answer, mistake.function(**finding.case.copy())) is None
