"""Examinee: the student's function, as a check calls it, in another process."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from dlcourse.checks.judging import Case, Check, Outcome
from dlcourse.grading.worker.frames import BrokenFrame, NoFrame
from dlcourse.grading.worker.values import BadValue, encode

from .outcome import read_outcome
from .rehearsal import Rehearsal

__all__ = ["Examinee", "NotThere"]


class NotThere(Exception):  # noqa: N818 - a finding about the notebook
    """The notebook has no function of that name."""


class Examinee:
    """Calls the function of one task in the copy kept at its check.

    Args:
        rehearsal: keeps the copy.
        place: of the check in the notebook.
        page: of the check.
        check: names the function, and the gradients to ask for.
    """

    def __init__(
        self, rehearsal: Rehearsal, place: int, page: str, check: Check
    ) -> None:
        self.rehearsal = rehearsal
        self.place = place
        self.gradients = check.gradients
        self.asked = {"ask": "call", "page": page, "task": check.task, "helped": False}
        self.channel = rehearsal.channel(place)
        self.stopped = ""

    def call(self, case: Case) -> Outcome:
        """Put one case to the function; once it had to be stopped, none any more.

        Raises:
            NotThere: if there is no such function.
            TimeIsUp: if the submission has had all its time.
        """
        if not self.stopped:
            try:
                return self._put(case)
            except NoFrame as error:
                late = f"ran longer than {self.rehearsal.clock.check:g} seconds."
                hint = "Look for a loop without an end."
                self.stopped = "ended Python." if error.gone else f"{late} {hint}"
            except (BrokenFrame, BadValue) as error:
                self.stopped = f"sent the grader {error}."
            self.rehearsal.drop(self.place)
        return Outcome(stopped=self.stopped)

    @contextmanager
    def helped(self, helpers: Mapping[str, Callable[..., Any]]) -> Iterator[None]:
        """Let the calls inside the block find right helpers: the worker knows which."""
        if self.stopped:
            self.rehearsal = self.rehearsal.again(self.place)
            self.channel = self.rehearsal.channel(self.place)
            self.stopped = ""
        self.asked["helped"] = True
        yield
        self.asked["helped"] = False

    def _put(self, case: Case) -> Outcome:
        clock = self.rehearsal.clock
        arguments = {name: encode(value) for name, value in case.arguments.items()}
        request = {**self.asked, "arguments": {"dict": arguments}}
        self.channel.send(request, clock.within(clock.check))
        reply = self.channel.receive(clock.within(clock.check))
        if reply.get("missing") is True:
            raise NotThere
        return read_outcome(reply, case, self.gradients)
