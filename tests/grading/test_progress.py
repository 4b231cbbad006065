"""Progress: how far a folder's notebooks are, in the terminal and in the file it exports."""

import json
from itertools import count
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from typer.testing import CliRunner

from dlcourse.grading.command.app import app
from dlcourse.grading.command.progress import BLANK
from dlcourse.grading.errors import GradingError

SAID = "print('✓ {0}: right')"
WRONG = "raise AssertionError('✗ {0}: the border is missing')"
STUB = "def f():\n" + "".join(f"    {line}\n" for line in BLANK)


def cell(source: str, **mark) -> nbformat.NotebookNode:
    flags = {"grade": False, "solution": False, "locked": False, "task": False}
    return new_code_cell(source, metadata={"nbgrader": {**flags, **mark}})


def notebook(path: Path, *tasks: tuple[str, str]) -> None:
    """Write a notebook of the given answers and checks, worth 1, 2, 3 ... points."""
    cells = []
    for name, points, (answer, check) in zip("abcdef", count(1), tasks, strict=False):
        cells.append(cell(answer, grade_id=f"{name}_answer", solution=True))
        check = check.format(name)
        cells.append(cell(check, grade_id=name, grade=True, points=points, locked=True))
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(new_notebook(cells=cells), path)


def run(*arguments: str | Path):
    return CliRunner().invoke(app, ["progress", *map(str, arguments)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("exercises")
    tasks = ("x = 1", SAID), ("x = 2", WRONG), (STUB, "f()")
    notebook(folder / "padding" / "padding.ipynb", *tasks)
    notebook(folder / "pooling" / "pooling.ipynb", (STUB, "open('ran', 'w')"))
    notebook(folder / "pooling" / ".ipynb_checkpoints" / "pooling.ipynb", (STUB, SAID))
    nbformat.write(new_notebook(), folder / "notes.ipynb")
    return folder


@pytest.fixture(scope="module")
def shown(folder):
    return run(folder, "--export", folder / "checks.json")


def test_the_table_counts_answers_checks_and_points(shown):
    lines = [line.split("  ") for line in shown.stdout.splitlines()]
    rows = [[part.strip() for part in line if part.strip()] for line in lines]
    assert rows == [
        ["exercise", "tasks answered", "checks passed", "points"],
        ["padding", "2 of 3", "1 of 3", "1 of 6"],
        ["pooling", "0 of 1", "0 of 1", "0 of 1"],
    ]
    assert shown.exit_code == 1


def test_the_file_holds_the_checks_of_each_exercise(shown, folder):
    assert json.loads((folder / "checks.json").read_text()) == {
        "version": 1,
        "pages": {},
        "exercises": {
            "padding": {"passed": 1, "of": 3, "points": 1, "worth": 6},
            "pooling": {"passed": 0, "of": 1, "points": 0, "worth": 1},
        },
    }


def test_a_blank_notebook_is_not_run(shown, folder):
    assert not (folder / "pooling" / "ran").exists()


def test_all_passed_is_all_well(tmp_path):
    notebook(tmp_path / "roi.ipynb", ("x = 1", SAID))
    assert run(tmp_path).exit_code == 0


def refusal(*arguments: str | Path) -> str:
    error = run(*arguments).exception
    assert isinstance(error, GradingError)
    return str(error)


def test_a_folder_without_exercises_is_refused(tmp_path):
    assert refusal(tmp_path) == (
        f"{tmp_path} holds no notebook of an exercise: name its folder"
    )


def test_a_broken_notebook_is_refused_by_name(tmp_path):
    (tmp_path / "roi.ipynb").write_text("{")
    assert refusal(tmp_path) == f"{tmp_path / 'roi.ipynb'} is not a notebook"


def test_one_exercise_twice_is_not_exported(tmp_path):
    paths = [tmp_path / name / "roi.ipynb" for name in ("a", "b")]
    for path in paths:
        notebook(path, ("x = 1", SAID))
    assert refusal(tmp_path, "--export", tmp_path / "checks.json") == (
        f"{paths[0]} and {paths[1]} are the same exercise: name a folder with one of them"
    )


def test_a_file_that_cannot_be_written_is_refused(tmp_path):
    notebook(tmp_path / "roi.ipynb", (STUB, SAID))
    said = refusal(tmp_path, "--export", tmp_path / "none" / "checks.json")
    assert said == (
        f"{tmp_path / 'none' / 'checks.json'} cannot be written: "
        "No such file or directory"
    )
