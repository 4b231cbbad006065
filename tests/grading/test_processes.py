"""Processes: what they use together is known without asking the kernel for it each time."""

import os
import signal
from collections.abc import Iterator

import pytest

from dlcourse.grading.sandbox import processes
from dlcourse.grading.sandbox.limits import MIB
from dlcourse.grading.sandbox.processes import Memory

BLOCK = 64 * MIB


def touch(block: bytearray) -> None:
    """Write to every page."""
    block[:: processes.PAGE] = b"\1" * len(range(0, len(block), processes.PAGE))


class Family:
    """A process with 64 MiB of its own, and a copy of it that writes to them when told."""

    def __init__(self) -> None:
        self.told, tell = os.pipe()
        hear, self.go = os.pipe()
        self.parent = os.fork()
        if self.parent == 0:
            os.setpgid(0, 0)
            block = bytearray(BLOCK)
            touch(block)
            if os.fork() == 0:
                os.write(tell, b".")
                os.read(hear, 1)
                touch(block)
                os.write(tell, b".")
            signal.pause()
        os.read(self.told, 1)

    def write(self) -> None:
        os.write(self.go, b".")
        os.read(self.told, 1)

    def end(self) -> None:
        os.killpg(self.parent, signal.SIGKILL)
        os.waitpid(self.parent, 0)


@pytest.fixture
def family() -> Iterator[Family]:
    family = Family()
    yield family
    family.end()


def exactly() -> int:
    """Bytes as the kernel counts them."""
    memory = Memory(0)
    assert memory.is_used_up()
    return memory.used


def test_a_page_that_two_share_counts_once_and_twice_when_one_writes_to_it(family):
    memory = Memory(exactly() + BLOCK // 2)
    assert not memory.is_used_up()
    family.write()
    assert memory.is_used_up()


def test_the_kernel_is_not_asked_again_while_nothing_grows(family, monkeypatch):
    memory = Memory(exactly() + BLOCK // 2)
    assert not memory.is_used_up()
    asked = []
    sizes = processes._sizes
    monkeypatch.setattr(
        processes,
        "_sizes",
        lambda number, table, names: asked.append(table) or sizes(number, table, names),
    )
    assert not memory.is_used_up()
    assert set(asked) == {"status"}
