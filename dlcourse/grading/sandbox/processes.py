"""Processes: who comes of whom, and what they use together, as /proc tells it."""

import os
from contextlib import suppress
from typing import NamedTuple

__all__ = ["Memory", "Process", "descendants"]

WRITTEN = b"RssAnon:", b"RssShmem:"
"""Pages that come from no file, whoever else uses them."""

SHARE = b"Pss_Anon:", b"Pss_Shmem:"
"""The same, a page that n processes share as its nth part for each."""


PAGE = os.sysconf("SC_PAGE_SIZE")


class Process(NamedTuple):
    """What counts of a process: its parent, its group, its pages fetched, its threads."""

    parent: int
    group: int
    faults: int
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


class Memory:
    """Watches the bytes that all that comes of this process has written to, together.

    To count a page once that several processes share, the kernel walks through all their
    pages, which takes long. But what is used grows only by pages that a process holds more
    than before, or has fetched since, perhaps in the place of a shared one. So the kernel
    counts exactly, and then not again until that could have reached the bound.

    Args:
        most: bytes that they may use.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.used = 0
        self.before: dict[int, int] = {}

    def is_used_up(self) -> bool:
        """Look, exactly if need be."""
        now = {
            number: _sizes(number, "status", WRITTEN) + process.faults * PAGE
            for number, process in descendants(os.getpid()).items()
        }
        grown = sum(
            max(0, size - self.before.get(number, 0)) for number, size in now.items()
        )
        if self.used + grown <= self.most:
            return False
        self.used = sum(_sizes(number, "smaps_rollup", SHARE) for number in now)
        self.before = now
        return self.used > self.most


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
            counts = (int(words[place]) for place in (1, 2, 7, 17))
            found[int(name)] = Process(*counts)
    return found
