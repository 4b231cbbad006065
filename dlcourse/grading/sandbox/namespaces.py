"""Namespaces: the calls to Linux that give a worker a world of its own.

Python offers none of them before 3.12, so they are made through the C library. The
numbers are those of <linux/sched.h>, <sys/mount.h> and <linux/prctl.h>, the same on every
processor.
"""

import ctypes
import os
from pathlib import Path

__all__ = ["NOBODY", "SCRATCH", "become_nobody", "furnish", "separate"]

SCRATCH = "/scratch"
"""A worker's own folder, where it starts, and which is its home."""

NOBODY = 65534
"""The user who owns nothing."""

NEW_NAMESPACES = {
    "mounts": 0x00020000,
    "host name": 0x04000000,
    "shared memory": 0x08000000,
    "users": 0x10000000,
    "processes": 0x20000000,
    "network": 0x40000000,
}
READ_ONLY, NO_SETUID, NO_DEVICES, NO_PROGRAMS = 1, 2, 4, 8
RECURSIVE, PRIVATE = 0x4000, 0x40000
SET_DUMPABLE, NO_NEW_RIGHTS = 4, 38
CAPABILITIES_VERSION = 0x20080522

libc = ctypes.CDLL(None, use_errno=True)


def _call(name: str, *arguments: object) -> None:
    if getattr(libc, name)(*arguments) != 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name} failed: {os.strerror(number)}")


def become_nobody() -> None:
    """Give up root for good; a process that is not root stays who it is."""
    if os.getuid() == 0:
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        # Else /proc/self stays root's, and a user namespace could not be set up.
        _call("prctl", SET_DUMPABLE, 1, 0, 0, 0)
    _drop_capabilities()


def separate() -> None:
    """Enter new namespaces of every kind; the next process forked is the first of its own."""
    user, group = os.getuid(), os.getgid()
    _call("unshare", sum(NEW_NAMESPACES.values()))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def furnish(megabytes: int) -> None:
    """Set up the folders of a separated process, then give up the rights to do so.

    Its scratch folder, /dev/shm and /tmp become its own, in memory; not /tmp if Python's
    own environment lies below it, which would be out of sight. /proc is emptied: whether
    the kernel grants a fresh one depends on the machine, and a mark should not.
    """
    _call("mount", None, b"/", None, RECURSIVE | PRIVATE, None)
    Path("/proc/sys/user/max_user_namespaces").write_text("0")  # of this namespace
    size = f"size={megabytes}m,mode=700".encode()
    safe = NO_SETUID | NO_DEVICES
    for place in (SCRATCH, "/dev/shm", *(() if os.listdir("/tmp") else ("/tmp",))):
        _call("mount", b"tmpfs", place.encode(), b"tmpfs", safe, size)
    os.chdir(SCRATCH)  # off the folder of that name that is now covered
    _call(
        "mount",
        b"tmpfs",
        b"/proc",
        b"tmpfs",
        safe | NO_PROGRAMS | READ_ONLY,
        b"size=4k",
    )
    _drop_capabilities()


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("process", ctypes.c_int))


def _drop_capabilities() -> None:
    nothing = (ctypes.c_uint32 * 6)()  # effective, permitted, inheritable, twice
    header = _Header(CAPABILITIES_VERSION, 0)
    _call("capset", ctypes.byref(header), ctypes.byref(nothing))
    _call("prctl", NO_NEW_RIGHTS, 1, 0, 0, 0)
