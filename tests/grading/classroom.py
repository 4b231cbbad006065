"""Classroom: a course with one short exercise, and as many submissions as are asked for."""

import atexit
import shutil
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from dlcourse.grading.course import SETTINGS, Course
from dlcourse.grading.demo.edits import find_cell
from dlcourse.grading.road import prepare
from tests.grading.desk import RIGHT

__all__ = ["ASSIGNMENT", "BROKEN", "HONEST", "fill", "make_classroom", "write"]

ASSIGNMENT = "convolution"
TASK = "output_size"
SETUP = """
c.RunCells.check_timeout = 2
c.RunCells.timeout = 2
"""

WRONG = RIGHT.replace(" + 1", "")
LOOP = "def output_size(**arguments):\n    while True: pass"
EXIT = "import os; os._exit(0)"

HONEST = {"right": (RIGHT, 2), "wrong": (WRONG, 0), "noisy": (f"print(1)\n{RIGHT}", 2)}
"""What a student writes and what it is worth, by kind."""

BROKEN = {
    "not JSON": lambda text: text[: len(text) // 2],
    "not a notebook": lambda text: '{"cells": 3}',
    "empty": lambda text: "",
    "no cells": lambda text: (
        '{"cells": [], "metadata": {}, "nbformat": 4, "nbformat_minor": 5}'
    ),
    "loop": lambda text: text.replace("raise NotImplementedError", "while True: pass"),
    "exit": lambda text: text.replace("raise NotImplementedError", EXIT),
}
"""What happens to the text of a blank notebook; none of it is worth anything."""


def make_classroom(
    folder: Path, repository: Path, *tasks: str, settings: str = ""
) -> Course:
    """Make a course whose one exercise has one task, or the given more; release it."""
    shutil.copytree(_prepared(repository, tasks), folder, dirs_exist_ok=True)
    course = Course(folder)
    if settings:
        (folder / "gradebook.db").unlink()  # they may name another
        with (folder / SETTINGS).open("a", encoding="utf-8") as file:
            file.write(settings)
        prepare(course, ASSIGNMENT)
    return course


@cache
def _prepared(repository: Path, tasks: tuple[str, ...]) -> Path:
    """Prepare a course once; every test that changes something has a copy."""
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    kept = {"parameters", "setup"}
    for task in (TASK, *tasks):
        kept |= {task, f"{task}_answer"}
    text = (repository / SETTINGS).read_text(encoding="utf-8")
    (folder / SETTINGS).write_text(text + SETUP, encoding="utf-8")
    source = repository / "solutions" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    nb = nbformat.read(source, as_version=4)
    nb.cells = [
        cell
        for cell in nb.cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") in kept
    ]
    path = folder / "solutions" / ASSIGNMENT / source.name
    path.parent.mkdir(parents=True)
    nbformat.write(nb, path)
    prepare(Course(folder), ASSIGNMENT)
    return folder


def write(course: Course, student: str, change: str | Callable[[str], str]) -> None:
    """Hand in the exercise with an answer, or its blank text changed in any way."""
    released = course.notebook("release", ASSIGNMENT)
    path = course.notebook("submitted", ASSIGNMENT, student)
    path.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(change, str):
        nb: NotebookNode = nbformat.read(released, as_version=4)
        find_cell(nb, f"{TASK}_answer").source = change
        nbformat.write(nb, path)
    else:
        path.write_text(change(released.read_text(encoding="utf-8")), encoding="utf-8")


def fill(course: Course, count: int) -> dict[str, float]:
    """Hand in for a class, one in twenty broken; return what each is worth."""
    honest, broken = list(HONEST.values()), list(BROKEN.values())
    worth = {}
    for number in range(count):
        name = f"s{number:04}"
        if number % 20 == 19:
            change, points = broken[number // 20 % len(broken)], 0
        else:
            change, points = honest[number % len(honest)]
        write(course, name, change)
        worth[name] = points
    return worth
