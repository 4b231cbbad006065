"""Commands: what make says to someone whose machine lacks something."""

import subprocess
from pathlib import Path

import pytest


def make(root: Path, folder: Path, python: str) -> subprocess.CompletedProcess[str]:
    """Ask for a new environment in an empty folder, with the given Python."""
    command = [
        "make",
        "--no-print-directory",  # a make that runs these tests would have it printed
        f"VENV={folder / 'venv'}",
        f"PYTHON={python}",
        f"{folder}/venv/.installed",
    ]
    return subprocess.run(command, cwd=root, capture_output=True, text=True)


@pytest.fixture
def old_python(tmp_path) -> str:
    """A Python that fails the question for its version."""
    script = tmp_path / "python3.9"
    script.write_text("#!/bin/sh\nexit 1\n")
    script.chmod(0o755)
    return str(script)


def test_no_python_is_one_sentence(root, tmp_path):
    run = make(root, tmp_path, "/nowhere/python3")
    assert run.returncode
    assert run.stdout.strip() == (
        "dlcourse needs Python 3.11 or newer: install it, or name yours with "
        "make PYTHON=/path/to/python3"
    )


def test_an_old_python_is_one_sentence(root, tmp_path, old_python):
    run = make(root, tmp_path, old_python)
    assert run.returncode
    assert (
        f"dlcourse needs Python 3.11 or newer, and {old_python} is older" in run.stdout
    )
    assert "Traceback" not in run.stdout + run.stderr


def test_help_names_every_command(root):
    said = subprocess.run(
        ["make", "help"], cwd=root, capture_output=True, text=True
    ).stdout
    for command in ("book", "test", "grade", "bench", "lock"):
        assert f"make {command}" in said
