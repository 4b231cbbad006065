"""Rounds: time two functions in turn and report the median of their ratio.

A machine that other work shares slows both sides of one round alike, so the ratio within a round
says more than two separate averages.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median, quantiles

__all__ = ["Ratio", "compare"]


@dataclass(frozen=True)
class Ratio:
    """Ours over theirs in time; under 1, ours is faster."""

    median: float
    low: float
    high: float
    """The quarter and three-quarter points of the rounds."""
    theirs: float
    """Median seconds of the other side."""

    def __str__(self) -> str:
        spread = f"[{self.low:.2f} to {self.high:.2f}]"
        return f"{self.median:6.2f}  {spread:16}{1e3 * self.theirs:8.2f} ms"


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def compare(
    ours: Callable[[], object], theirs: Callable[[], object], rounds: int = 15
) -> Ratio:
    """Warm both up, then let them take turns, each first in every other round."""
    for call in (ours, theirs, ours, theirs):
        call()
    times = []
    for turn in range(rounds):
        if turn % 2:
            mine, other = _seconds(ours), _seconds(theirs)
        else:
            other, mine = _seconds(theirs), _seconds(ours)
        times.append((mine, other))
    ratios = [mine / other for mine, other in times]
    low, middle, high = quantiles(ratios, n=4)
    return Ratio(middle, low, high, median(other for _, other in times))
