"""Run families of benchmarks, each in a process of its own: ``python -m benchmarks NAME ...``.

Without a name, all that write results are run; with ``all``, what ``make bench`` runs. One that
fails does not stop the others; it is named at the end, and the exit code is 1. What comes after the
names is handed to each family: ``--device cuda``, ``--dtype bfloat16``, ``--channels-last``,
``--budget 0.5``.
"""

import subprocess
import sys
import time

FAMILIES = (
    "convolution",
    "pooling",
    "normalization",
    "optimizers",
    "boxes",
    "roi",
    "training",
    "networks",
    "whole",
    "digits",
    "startup",
    "memory",
    "scaling",
    "compilation",
)
"""Each writes ``results/<name>.json``."""

OTHERS = ("detectors", "grading", "style", "scale")
"""Scripts of their own, without options: they judge weights, and grade a class."""

BENCH = (*FAMILIES, "detectors", "grading")
"""What ``all`` stands for."""


def main(*arguments: str) -> int:
    """Run what is named, or every family; count what failed."""
    first = next((n for n, a in enumerate(arguments) if a.startswith("-")), None)
    names, options = arguments[:first], arguments[first:] if first is not None else ()
    names = BENCH if names == ("all",) else names or FAMILIES
    if unknown := set(names) - {*FAMILIES, *OTHERS}:
        known = ", ".join((*FAMILIES, *OTHERS))
        print(f"no benchmark is called {', '.join(sorted(unknown))}; there are {known}")
        return 2
    failed = []
    for name in names:
        print(f"\n{name}", flush=True)
        began = time.perf_counter()
        command = [sys.executable, "-m", f"benchmarks.{name}"]
        given = options if name in FAMILIES else ()
        if subprocess.run([*command, *given], check=False).returncode:
            failed.append(name)
        print(f"{name}: {time.perf_counter() - began:.0f} s", flush=True)
    if failed:
        print(f"\nfailed: {', '.join(failed)}")
    return int(bool(failed))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
