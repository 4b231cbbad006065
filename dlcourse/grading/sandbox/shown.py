"""Shown: what of the machine a worker gets to see, the same behind either wall."""

import sys
from pathlib import Path

import dlcourse

__all__ = ["DEVICES", "ENVIRONMENT", "SYSTEM", "python_places"]

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
"""All that a worker's environment holds; behind a wall its home is its scratch folder."""

SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/alternatives")
"""Programs and libraries."""

DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
"""Files that are no files, and hold nothing of anybody's."""


def python_places() -> list[Path]:
    """List the folders of this Python, its environment and this package."""
    package = Path(dlcourse.__file__).parent
    places = (sys.prefix, sys.base_prefix, package)
    return sorted({Path(place).resolve() for place in places})
