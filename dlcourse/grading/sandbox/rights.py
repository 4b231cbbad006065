"""Rights: who a process is to the kernel, and how it gives that up for good.

Python offers few of these calls before 3.12, so they are made through the C library. The
numbers are those of <linux/prctl.h> and <linux/capability.h>, the same on every processor.
"""

import ctypes
import os
from collections.abc import Iterable
from pathlib import Path

__all__ = [
    "NOBODY",
    "become_nobody",
    "call",
    "collect_orphans",
    "drop_capabilities",
    "libc",
]

NOBODY = 65534
"""The user who owns nothing."""

SET_DUMPABLE, KEEP_CAPABILITIES, COLLECT_ORPHANS, NO_NEW_RIGHTS = 4, 8, 36, 38
CAPABILITIES_VERSION = 0x20080522
READ_ALL = 1 << 2  # CAP_DAC_READ_SEARCH

libc = ctypes.CDLL(None, use_errno=True)
libc.syscall.restype = ctypes.c_long


def call(name: str, *arguments: object) -> int:
    """Call the C library.

    Raises:
        OSError: if it says that it failed.
    """
    result = getattr(libc, name)(*arguments)
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name} failed: {os.strerror(number)}")
    return result


def become_nobody(to_read: Iterable[Path] = ()) -> None:
    """Give up root for good; a process that is not root stays who it is.

    Args:
        to_read: folders that must stay readable. If root alone may read one, the right to
            read what others may not is kept, and what is read has to be limited otherwise.
    """
    kept = 0
    if os.getuid() == 0:
        call("prctl", KEEP_CAPABILITIES, 1, 0, 0, 0)
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        if not all(os.access(place, os.R_OK | os.X_OK) for place in to_read):
            kept = READ_ALL
        # Else /proc/self stays root's, and a user namespace could not be set up.
        call("prctl", SET_DUMPABLE, 1, 0, 0, 0)
    drop_capabilities(kept)


def collect_orphans() -> None:
    """Become the parent of every descendant whose own parent ends."""
    call("prctl", COLLECT_ORPHANS, 1, 0, 0, 0)


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("process", ctypes.c_int))


def drop_capabilities(kept: int = 0) -> None:
    """Give up root's single rights but those kept, and every way to new ones."""
    sets = (ctypes.c_uint32 * 6)(kept, kept)  # effective, permitted, inheritable, twice
    header = _Header(CAPABILITIES_VERSION, 0)
    call("capset", ctypes.byref(header), ctypes.byref(sets))
    call("prctl", NO_NEW_RIGHTS, 1, 0, 0, 0)
