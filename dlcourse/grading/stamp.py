"""Stamp: the code and the torch that a verdict depends on, in one word."""

import hashlib
from functools import cache
from pathlib import Path

import torch

import dlcourse

__all__ = ["stamp"]


@cache
def stamp() -> str:
    """Sum up all code of the package, so that a corrected check judges anew."""
    package = Path(dlcourse.__file__).parent
    sums = hashlib.sha256(torch.__version__.encode())
    for path in sorted(package.rglob("*.py")):
        sums.update(path.read_bytes())
    return sums.hexdigest()
