"""Rounds: time two functions in turn and report the median of their ratio.

A machine that other work shares slows both sides of one round alike, so the ratio within a round
says more than two separate averages. On one thread what counts is the processor's time, in which
others' turns are not.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median, quantiles

import torch

__all__ = ["Ratio", "compare", "seconds"]

LEAST, MOST = 5, 101
"""Rounds of the slowest calls and of the quickest."""


@dataclass(frozen=True)
class Ratio:
    """Ours over theirs in time; under 1, ours is faster."""

    median: float
    low: float
    high: float
    """The quarter and three-quarter points of the rounds."""
    theirs: float
    """Median seconds of the other side."""
    rounds: int


def seconds(call: Callable[[], object]) -> float:
    """Time one call; on a GPU, until its work is done and not only asked for."""
    card = torch.cuda.is_initialized()
    alone = torch.get_num_threads() == 1 and not card
    clock = time.process_time if alone else time.perf_counter
    if card:
        torch.cuda.synchronize()
    start = clock()
    call()
    if card:
        torch.cuda.synchronize()
    return clock() - start


def compare(
    ours: Callable[[], object], theirs: Callable[[], object], budget: float = 2.0
) -> Ratio:
    """Warm both up, then let them take turns, each first in every other round.

    There are as many rounds as fit ``budget`` seconds, but at least five and at most 101.
    """
    ours(), theirs()
    both = seconds(ours) + seconds(theirs)
    rounds = max(LEAST, min(MOST, int(budget / both)))
    times = []
    for turn in range(rounds):
        if turn % 2:
            mine, other = seconds(ours), seconds(theirs)
        else:
            other, mine = seconds(theirs), seconds(ours)
        times.append((mine, other))
    low, middle, high = quantiles([mine / other for mine, other in times], n=4)
    return Ratio(middle, low, high, median(other for _, other in times), rounds)
