"""Seccomp: a filter that the kernel puts every call of a worker through.

In namespaces it refuses the few calls that take memory which no limit counts. Behind
Landlock it does more, and there a list of what to refuse is enough, because it is not the
wall: what a process can open is ruled by Landlock, where all is refused that is not
allowed, and it runs as nobody or as a user without rights. The list names the calls that
reach others without opening anything, which are few; calls younger than the list are
answered as unknown, so that a new kernel adds no way out. A list of what to allow would
break with every release of torch and of the C library.
"""

import ctypes
import errno
import platform
import struct
from collections.abc import Iterable, Iterator, Mapping

from .rights import call
from .syscalls import ARCHITECTURES, ASKED, NEWEST, PRETENDED, REFUSED, number

__all__ = ["ask", "refuse"]

SET_FILTER, WITH_LISTENER = 1, 8
LOAD, AND, IF_EQUAL, IF_ABOVE, RETURN = 0x20, 0x54, 0x15, 0x25, 0x06
NUMBER_AT, ARCHITECTURE_AT, ARGUMENTS_AT = 0, 4, 16

ALLOW, ASK, FAIL = 0x7FFF0000, 0x7FC00000, 0x00050000
REFUSE, PRETEND, UNKNOWN = FAIL | errno.EPERM, FAIL, FAIL | errno.ENOSYS

NAMESPACES = 0x7E020000
ALL = 0xFFFFFFFF
ARGUMENTS = {
    "clone": (0, NAMESPACES, (0,), ASK, REFUSE),
    # A pair of another kind could still be pointed at any address.
    "socketpair": (1, 0xF, (1,), ALLOW, REFUSE),
    "prlimit64": (0, ALL, (0,), ALLOW, REFUSE),  # 0 is the caller itself
    "sched_setaffinity": (0, ALL, (0,), ALLOW, REFUSE),
    # To name who gets a file's signals, and which; to make others wait; to watch a folder.
    "fcntl": (1, ALL, (8, 10, 15, 1024, 1026), REFUSE, ALLOW),
    "prctl": (0, ALL, (4,), REFUSE, ALLOW),  # to hide from /proc, where it hides any
    # Who gets a file's signals, by another road, and to type into a terminal.
    "ioctl": (1, ALL, (0x8901, 0x8902, 0x5412, 0x541C), REFUSE, ALLOW),
}
"""Calls that depend on an argument: which one, its bits that count, the values, what to do
if it has one of them, and what else."""

Step = tuple[int, int, int, int]
"""An instruction: what to do, how many to skip if so, and if not, and a number."""


def ask() -> int:
    """Put this process and all that it will start through the whole list, for good.

    Returns:
        A descriptor on which whoever holds it is asked about some calls.

    Raises:
        OSError: if the kernel refuses.
    """
    return _install(_steps(), WITH_LISTENER)


def refuse(names: Iterable[str]) -> None:
    """Refuse this process and all that it will start a few calls, for good.

    Args:
        names: of the calls.

    Raises:
        OSError: if the kernel refuses.
    """
    answers = _answer(dict.fromkeys(names, REFUSE))
    _install([*_begin(), *answers, (RETURN, 0, 0, ALLOW)], 0)


def _install(steps: Iterable[Step], flags: int) -> int:
    packed = [struct.pack("=HBBI", *step) for step in steps]
    text = ctypes.create_string_buffer(b"".join(packed))
    program = _Program(len(packed), ctypes.addressof(text))
    arguments = SET_FILTER, flags, ctypes.byref(program)
    return call("syscall", number("seccomp"), *arguments)


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))


def _steps() -> Iterator[Step]:
    """Write the whole filter."""
    yield from _begin()
    yield IF_ABOVE, 0, 1, NEWEST
    yield RETURN, 0, 0, UNKNOWN
    for name, rule in ARGUMENTS.items():
        steps = list(_look(*rule))
        yield IF_EQUAL, 0, len(steps), number(name)
        yield from steps
    yield from _answer(_actions())
    yield RETURN, 0, 0, ALLOW


def _begin() -> Iterator[Step]:
    """Read the call's number; on another architecture numbers mean other calls."""
    yield LOAD, 0, 0, ARCHITECTURE_AT
    yield IF_EQUAL, 1, 0, ARCHITECTURES[platform.machine()]
    yield RETURN, 0, 0, REFUSE
    yield LOAD, 0, 0, NUMBER_AT


def _answer(actions: Mapping[str, int]) -> Iterator[Step]:
    """Give each of these calls its answer."""
    for name, action in actions.items():
        if number(name) is not None:
            yield IF_EQUAL, 0, 1, number(name)
            yield RETURN, 0, 0, action


def _actions() -> dict[str, int]:
    """List the calls that always meet the same answer."""
    refused = " ".join(REFUSED.values()).split()
    return {
        **dict.fromkeys(refused, REFUSE),
        **dict.fromkeys(PRETENDED.split(), PRETEND),
        **dict.fromkeys(set(ASKED.split()) - ARGUMENTS.keys(), ASK),
        "clone3": UNKNOWN,  # its flags are out of sight; the C library then takes clone
    }


def _look(
    argument: int, mask: int, values: tuple[int, ...], found: int, otherwise: int
) -> Iterator[Step]:
    yield (
        LOAD,
        0,
        0,
        ARGUMENTS_AT + 8 * argument,
    )  # both processors put the low half first
    yield AND, 0, 0, mask
    for value in values:
        yield IF_EQUAL, 0, 1, value
        yield RETURN, 0, 0, found
    yield RETURN, 0, 0, otherwise
