"""Rehearsal: run a notebook's cells in a worker and keep a copy of it at each check.

A cell that ends Python, or has to be ended, takes its worker along. Then all is run
again in a new one without that cell, so that it costs what depends on it and no more.
"""

from collections.abc import Callable, Mapping
from typing import Any

from dlcourse.grading.sandbox.warm import Worker
from dlcourse.grading.worker.frames import BrokenFrame, Channel, NoFrame

from .clock import Clock

__all__ = ["CHECK", "Rehearsal"]

CHECK = None
"""In the place of a cell's text: keep a copy for the check that stands here."""

PATIENCE = 10.0
"""Seconds in which a worker that has nothing else to do answers."""


class Rehearsal:
    """The cells of a notebook, run.

    Args:
        steps: the text of each cell, or :data:`CHECK`, by its place in the notebook.
        fork: makes a worker that can keep as many copies as there are checks.
        clock: limits the time.
        ended: cells not to be run, with the reason.

    Attributes:
        shown: what each cell showed, as the worker says.
        ended: the cells that could not be run to their end, as in "ended Python."
    """

    def __init__(
        self,
        steps: Mapping[int, str | None],
        fork: Callable[[], Worker],
        clock: Clock,
        ended: Mapping[int, str] | None = None,
    ) -> None:
        self.steps = steps
        self.fork = fork
        self.clock = clock
        self.ended = dict(ended or {})
        self.shown: dict[int, Any] = {}
        self.worker: Worker | None = None
        self._seconds: list[Rehearsal] = []
        self._checks = [place for place, text in steps.items() if text is CHECK]

    def run(self) -> None:
        """Run every step, again from the start whenever a cell ends the worker.

        Raises:
            TimeIsUp: if the whole takes too long.
        """
        while (place := self._try_all()) is not None:
            self.worker.end()
            self.shown.pop(place, None)

    def channel(self, place: int) -> Channel:
        """Speak with the copy kept at a check."""
        return self.worker.copies[self._checks.index(place)]

    def again(self, place: int) -> "Rehearsal":
        """Run all up to a check a second time, since the copy kept there is used up.

        Raises:
            TimeIsUp: if that takes too long.
        """
        steps = {
            other: text
            for other, text in self.steps.items()
            if other == place or (other < place and text is not CHECK)
        }
        second = Rehearsal(steps, self.fork, self.clock, self.ended)
        self._seconds.append(second)
        second.run()
        return second

    def drop(self, place: int) -> None:
        """End a copy that is stuck; end all if that cannot be done."""
        number = self._checks.index(place)
        try:
            self._ask(PATIENCE, ask="drop", place=number)
        except (NoFrame, BrokenFrame):
            self.worker.end()

    def close(self) -> None:
        """End all workers."""
        for second in self._seconds:
            second.close()
        if self.worker is not None:
            self.worker.end()

    def _try_all(self) -> int | None:
        """Run the steps in a new worker; return the place that ended it, if one did."""
        self.worker = self.fork()
        for place, text in self.steps.items():
            if place in self.ended:
                continue
            try:
                self._try(place, text)
            except NoFrame as error:
                late = f"ran longer than {self.clock.cell:g} seconds."
                self.ended[place] = "ended Python." if error.gone else late
                return place
            except BrokenFrame as error:
                self.ended[place] = f"sent the grader {error}."
                return place
        return None

    def _try(self, place: int, text: str | None) -> None:
        if text is CHECK:
            self._ask(PATIENCE, ask="keep", place=self._checks.index(place))
        else:
            self.shown[place] = self._ask(self.clock.cell, ask="cell", source=text)

    def _ask(self, seconds: float, **request: Any) -> dict[str, Any]:
        self.worker.main.send(request, self.clock.within(seconds))
        return self.worker.main.receive(self.clock.within(seconds))
