"""Startup: what importing the package adds to importing torch.

Run it with ``python -m benchmarks startup``.
"""

import subprocess
import sys
from collections.abc import Iterator
from statistics import median, quantiles

from benchmarks.family import run
from benchmarks.place import Place
from benchmarks.result import Result

ROUNDS, BAR = 7, 0.2
MODULES = ("dlcourse", "dlcourse.nn.convolution", "dlcourse.training")
PROBE = """
import time, torch
began = time.process_time()
import {module}
print(time.process_time() - began)
"""


def _seconds(module: str) -> float:
    """Import a module in a new process that has torch already."""
    command = [sys.executable, "-c", PROBE.format(module=module)]
    return float(subprocess.check_output(command, text=True))


def measure(place: Place) -> Iterator[Result]:
    """Let the modules take turns."""
    rounds = [[_seconds(module) for module in MODULES] for _ in range(ROUNDS)]
    for module, times in zip(MODULES, zip(*rounds, strict=True), strict=True):
        low, _, high = quantiles(times, n=4)
        yield Result(
            f"import {module}",
            "import torch alone",
            "above it",
            median(times),
            "s",
            low=low,
            high=high,
            bar=BAR,
            rounds=ROUNDS,
        )


if __name__ == "__main__":
    run("startup", measure)
