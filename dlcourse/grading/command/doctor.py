"""Doctor: what this machine offers to those who grade on it."""

import platform
import shutil
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version

import torch
from rich.console import Console
from rich.table import Table

from dlcourse.grading.errors import GradingError
from dlcourse.grading.sandbox.choice import find_sandbox
from dlcourse.training.device import device

__all__ = ["examine"]

PACKAGES = ("dlcourse", "torch", "nbgrader", "papermill", "jupyterlab", "distributed")


def examine() -> int:
    """Show it; return 0 if a class can be graded here, else 2."""
    sandbox, fit = _sandbox()
    table = Table(show_header=False, box=None, padding=(0, 3, 0, 0))
    table.add_row("sandbox", sandbox)
    table.add_row("device", str(device()))
    table.add_row("Python", f"{platform.python_version()} on {platform.platform()}")
    for name, number in _versions():
        table.add_row(name, number)
    table.add_row(
        "Chromium", shutil.which("chromium") or "none: built pages are not tested"
    )
    table.add_row("threads", str(torch.get_num_threads()))
    Console().print(table)
    return 0 if fit else 2


def _sandbox() -> tuple[str, bool]:
    try:
        sandbox = find_sandbox()
        return f"{sandbox.name}: {sandbox.covers}", True
    except GradingError as error:
        return f"none: {error}", False


def _versions() -> Iterator[tuple[str, str]]:
    for name in PACKAGES:
        try:
            yield name, version(name)
        except PackageNotFoundError:
            yield name, "not installed"
