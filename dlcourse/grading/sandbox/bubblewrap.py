"""Bubblewrap: the outer wall, around the one Python that forks the workers.

It shows that Python the system's libraries and its own environment, all read-only, and
nothing else: no home, no course folder, no network, no process outside.
"""

import os
import shutil
import sys
from pathlib import Path

import dlcourse

from .namespaces import SCRATCH

__all__ = ["ENVIRONMENT", "command", "program"]

ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "HOME": "/tmp",
    "LANG": "C.UTF-8",
    "MPLBACKEND": "agg",
    # A pool of threads would not survive a fork, and one thread repeats its sums exactly.
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "PYTHONHASHSEED": "0",
    "PYTHONDONTWRITEBYTECODE": "1",
}
"""All that a worker's environment holds; behind the wall its home is its scratch folder."""

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/alternatives")


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
    package = Path(dlcourse.__file__).parent
    own = {Path(place).resolve() for place in (sys.prefix, sys.base_prefix, package)}
    words = [_bind(Path(place)) for place in SYSTEM]
    for place in sorted(own):
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
