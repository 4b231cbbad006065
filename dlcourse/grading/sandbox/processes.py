"""Processes: who comes of whom, as /proc tells it."""

import os
from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple

__all__ = ["Process", "descendants", "uses_more_than"]

WRITTEN = b"RssAnon:", b"RssShmem:"
"""Pages that come from no file, whoever else uses them."""

SHARE = b"Pss_Anon:", b"Pss_Shmem:"
"""The same, a page that n processes share as its nth part for each."""


class Process(NamedTuple):
    """What counts of a process: its parent, its group, and how many threads it has."""

    parent: int
    group: int
    threads: int


def descendants(root: int) -> dict[int, Process]:
    """Find the processes that come of one, by their numbers."""
    all_of_them = _read_all()
    children: dict[int, list[int]] = {}
    for number, process in all_of_them.items():
        children.setdefault(process.parent, []).append(number)
    found, open_ends = [], [root]
    while open_ends:
        below = children.get(open_ends.pop(), [])
        found += below
        open_ends += below
    return {number: all_of_them[number] for number in found}


def uses_more_than(most: int) -> bool:
    """Say whether all that comes of this process has written to more bytes, together."""
    return _memory_of(descendants(os.getpid()), most) > most


def _memory_of(processes: Iterable[int], enough: int) -> int:
    """Add up the bytes that processes have written to, a shared page only once.

    Args:
        processes: by their numbers.
        enough: bytes below which an upper bound, which is quick to tell, will do.
    """
    processes = list(processes)
    bound = sum(_sizes(number, "status", WRITTEN) for number in processes)
    if bound < enough:
        return bound
    return sum(_sizes(number, "smaps_rollup", SHARE) for number in processes)


def _sizes(number: int, table: str, names: tuple[bytes, ...]) -> int:
    """Add up some lines of a table of a process; those of one that has ended are none."""
    with suppress(OSError), open(f"/proc/{number}/{table}", "rb") as file:
        lines = [line.split() for line in file if line.startswith(names)]
        return sum(int(words[1]) for words in lines) * 1024
    return 0


def _read_all() -> dict[int, Process]:
    found = {}
    for name in filter(str.isdecimal, os.listdir("/proc")):
        with suppress(OSError), open(f"/proc/{name}/stat", "rb") as file:
            # The second word is a name in brackets, and may hold anything.
            words = file.read().rpartition(b")")[2].split()
            found[int(name)] = Process(int(words[1]), int(words[2]), int(words[17]))
    return found
