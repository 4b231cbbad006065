"""Family: cases of one operation against a library, and the command that measures a family."""

import argparse
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from statistics import geometric_mean

import torch

from benchmarks.place import Place
from benchmarks.result import Curve, Result, write
from benchmarks.rounds import compare

__all__ = ["Case", "Pair", "compared", "run"]

Pair = tuple[Callable[[], object], Callable[[], object]]
"""Our call and theirs, which have been seen to agree."""


@dataclass(frozen=True)
class Case:
    """One comparison: its name, the most it may be, and what makes the two calls."""

    name: str
    bar: float | None
    pair: Callable[[Place], Pair]


def compared(
    operation: str,
    against: str,
    cases: Iterable[Case],
    place: Place,
    mean_bar: float | None = None,
) -> Iterator[Result]:
    """Time each case; with a bar for it, end with their geometric mean."""
    values = []
    for case in cases:
        ratio = compare(*case.pair(place), budget=place.budget)
        values.append(ratio.median)
        yield Result(
            operation,
            against,
            case.name,
            ratio.median,
            low=ratio.low,
            high=ratio.high,
            bar=case.bar,
            theirs=ratio.theirs,
            threads=torch.get_num_threads(),
            rounds=ratio.rounds,
        )
    if mean_bar is not None:
        title, mean = f"geometric mean of {len(values)}", geometric_mean(values)
        yield Result(
            operation,
            against,
            title,
            mean,
            bar=mean_bar,
            threads=torch.get_num_threads(),
        )


def run(
    family: str,
    measure: Callable[[Place], Iterable[Result | Curve]],
    threads: int | None = 1,
) -> None:
    """Read the command line, measure, and write the family's results.

    One thread, unless the family asks for all: with two, the time of a small operation is mostly
    that of waking the second.
    """
    parser = argparse.ArgumentParser(description=f"Measure {family}.")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--dtype", default="float32", choices=("float32", "bfloat16"))
    parser.add_argument("--channels-last", action="store_true")
    parser.add_argument("--budget", type=float, default=2.0, help="seconds a row")
    given = parser.parse_args()
    if threads is not None:
        torch.set_num_threads(threads)
    # On a GPU both sides would round their inputs to ten bits, and agree on little.
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    dtype = getattr(torch, given.dtype)
    place = Place(given.device, dtype, given.channels_last, given.budget)
    path = write(family, place, measure(place))
    print(f"written: {path.name}")
