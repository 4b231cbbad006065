"""Bubblewrap: the outer wall, around the one Python that forks the workers.

It shows that Python the system's libraries and its own environment, all read-only, and
nothing else: no home, no course folder, no network, no process outside.
"""

import os
import shutil
from pathlib import Path

from .namespaces import SCRATCH
from .shown import ENVIRONMENT, SYSTEM, python_places

__all__ = ["command", "program"]


def program() -> str | None:
    """Find bubblewrap."""
    return shutil.which("bwrap")


def command(bwrap: str) -> list[str]:
    """Begin a command line that runs what follows it behind the wall."""
    return [
        bwrap,
        *("--unshare-pid", "--unshare-ipc", "--unshare-net", "--unshare-uts"),
        *("--unshare-cgroup-try", "--hostname", "worker"),
        *("--die-with-parent", "--new-session"),
        *_user(),
        *("--proc", "/proc", "--dev", "/dev", "--dir", "/tmp"),
        *("--perms", "1777", "--tmpfs", SCRATCH),
        *_show(),
        *("--remount-ro", "/dev", "--remount-ro", "/"),
        *("--clearenv", *_environment()),
        *("--chdir", SCRATCH, "--"),
    ]


def _user() -> list[str]:
    """Run as nobody in the end.

    Root sets the wall up as root, since the Python environment may be readable to root
    alone; the process inside becomes nobody before it does anything else. In a user
    namespace it would stay root to the kernel, whom some limits do not bind.
    """
    if os.getuid() == 0:
        return ["--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID"]
    return ["--unshare-user"]


def _show() -> list[str]:
    """Bind what Python needs, after /tmp so that an environment below it stays in sight."""
    words = [_bind(Path(place)) for place in SYSTEM]
    for place in python_places():
        words += [*map(_make, reversed(place.parents[:-1])), _bind(place)]
    return [part for word in words for part in word]


def _make(place: Path) -> tuple[str, ...]:
    """Make a folder on the way to another, open to nobody; bubblewrap closes it."""
    return "--perms", "0755", "--dir", str(place)


def _bind(place: Path) -> tuple[str, ...]:
    if place.is_symlink():
        return "--symlink", os.readlink(place), str(place)
    return "--ro-bind-try", str(place), str(place)


def _environment() -> list[str]:
    inside = {**ENVIRONMENT, "HOME": SCRATCH, "TMPDIR": SCRATCH}
    return [word for pair in inside.items() for word in ("--setenv", *pair)]
