"""Landlock: rules on files, network and signals that a process lays on itself for good.

The numbers are those of <linux/landlock.h>, the same on every processor. A kernel says
how far its Landlock goes by a version, which its documentation calls the ABI.
"""

import ctypes
import os
from collections.abc import Iterable, Mapping
from contextlib import suppress

from .rights import call, libc

__all__ = ["OLDEST", "READ", "WRITE", "restrict", "version"]

CREATE_RULESET, ADD_RULE, RESTRICT_SELF = 444, 445, 446
ASK_VERSION, BELOW_PATH = 1, 1

OLDEST = 3
"""The first version that keeps files from being cut to nothing (Linux 6.2)."""

EXECUTE, WRITE_FILE, READ_FILE, READ_DIR = 1, 2, 4, 8
MAKE_DEVICE, TRUNCATE, USE_DEVICE = 1 << 6 | 1 << 11, 1 << 14, 1 << 15
FILES = {3: (1 << 15) - 1, 5: (1 << 16) - 1}
NETWORK = {4: 0b11}  # bind and connect over TCP
SCOPES = {6: 0b11}  # abstract Unix sockets, and signals to processes outside
"""What there is to forbid, by the version that brought it."""

READ = EXECUTE | READ_FILE | READ_DIR
WRITE = FILES[3] & ~MAKE_DEVICE
OF_A_FILE = EXECUTE | WRITE_FILE | READ_FILE | TRUNCATE | USE_DEVICE


class _Ruleset(ctypes.Structure):
    _fields_ = tuple((name, ctypes.c_uint64) for name in ("files", "network", "scopes"))


class _Rule(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("place", ctypes.c_int32))


def version() -> int:
    """Ask how far the kernel's Landlock goes; 0 if it has none."""
    return max(libc.syscall(CREATE_RULESET, None, ctypes.c_size_t(0), ASK_VERSION), 0)


def restrict(allowed: Mapping[int, Iterable[str | os.PathLike[str]]]) -> None:
    """Forbid this process all that the kernel can forbid, but for these places.

    Args:
        allowed: places by what may be done below them; those that are missing are skipped.

    Raises:
        OSError: if the kernel refuses.
    """
    now = version()
    bits = (_known(kinds, now) for kinds in (FILES, NETWORK, SCOPES))
    rules = _Ruleset(*bits)  # an older kernel takes the zeros at its end
    size = ctypes.c_size_t(ctypes.sizeof(rules))
    ruleset = call("syscall", CREATE_RULESET, ctypes.byref(rules), size, 0)
    for rights, places in allowed.items():
        for place in places:
            with suppress(FileNotFoundError):
                _allow(ruleset, place, rights)
    call("syscall", RESTRICT_SELF, ruleset, 0)
    os.close(ruleset)


def _known(kinds: Mapping[int, int], now: int) -> int:
    """Take all bits that this version knows; a kernel refuses any other."""
    return max((bits for since, bits in kinds.items() if since <= now), default=0)


def _allow(ruleset: int, place: str | os.PathLike[str], rights: int) -> None:
    handle = os.open(place, os.O_PATH | os.O_CLOEXEC)
    rule = _Rule(rights if os.path.isdir(place) else rights & OF_A_FILE, handle)
    call("syscall", ADD_RULE, ruleset, BELOW_PATH, ctypes.byref(rule), 0)
    os.close(handle)
