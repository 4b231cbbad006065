"""Namespaces: the calls to Linux that give a worker a world of its own.

The numbers are those of <linux/sched.h> and <sys/mount.h>, the same on every processor.
"""

import os
from pathlib import Path

from .rights import call, drop_capabilities

__all__ = ["SCRATCH", "furnish", "separate"]

SCRATCH = "/scratch"
"""A worker's own folder, where it starts, and which is its home."""

MOUNTS = 0x00020000
NEW_NAMESPACES = {
    "host name": 0x04000000,
    "shared memory": 0x08000000,
    "users": 0x10000000,
    "processes": 0x20000000,
    "network": 0x40000000,
}
READ_ONLY, NO_SETUID, NO_DEVICES, NO_PROGRAMS = 1, 2, 4, 8
RECURSIVE, PRIVATE = 0x4000, 0x40000


def separate() -> None:
    """Enter new namespaces; the next process forked is the first of its own.

    Mounts are still shared with it, so that this process goes on seeing /proc.
    """
    user, group = os.getuid(), os.getgid()
    call("unshare", sum(NEW_NAMESPACES.values()))
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def furnish(megabytes: int) -> None:
    """Set up the folders of the first process, then give up the rights to do so.

    Its scratch folder, /dev/shm and /tmp become its own, in memory; not /tmp if Python's
    own environment lies below it, which would be out of sight. /proc is emptied: whether
    the kernel grants a fresh one depends on the machine, and a mark should not.
    """
    call("unshare", MOUNTS)
    call("mount", None, b"/", None, RECURSIVE | PRIVATE, None)
    Path("/proc/sys/user/max_user_namespaces").write_text("0")  # of this namespace
    size = f"size={megabytes}m,mode=700".encode()
    safe = NO_SETUID | NO_DEVICES
    for place in (SCRATCH, "/dev/shm", *(() if os.listdir("/tmp") else ("/tmp",))):
        call("mount", b"tmpfs", place.encode(), b"tmpfs", safe, size)
    os.chdir(SCRATCH)  # off the folder of that name that is now covered
    call(
        "mount",
        b"tmpfs",
        b"/proc",
        b"tmpfs",
        safe | NO_PROGRAMS | READ_ONLY,
        b"size=4k",
    )
    drop_capabilities()
