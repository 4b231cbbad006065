"""Progress: how far the notebooks of a folder are, for the student who writes them.

Each runs as under ``dlcourse check``, but for those with nothing in them yet. The file to
export is what the book's page on progress loads: the checks of each exercise.
"""

import json
from pathlib import Path
from typing import NamedTuple

from nbformat import NotebookNode
from nbgrader.preprocessors import ClearSolutions
from nbgrader.utils import is_solution
from rich.console import Console
from rich.progress import track

from dlcourse.grading.command.check import judge, read, show_rows
from dlcourse.grading.errors import GradingError
from dlcourse.grading.verdicts import is_check

__all__ = ["show_progress"]

BLANK = ClearSolutions().code_stub["python"].splitlines()
"""Lines that stand where an answer is to be written."""

HEAD = ("exercise", "tasks answered", "checks passed", "points")


class Standing(NamedTuple):
    """How far a notebook is: tasks answered, checks passed, points, and of how many each."""

    answered: int
    tasks: int
    passed: int
    of: int
    points: int | float
    worth: int | float


def show_progress(folder: Path, export: Path | None) -> int:
    """Show the table; return 0 if every check is content, else 1.

    Raises:
        GradingError: if the folder has no exercise, one of its notebooks cannot be read, or
            the file cannot be written.
    """
    found = _exercises(folder)
    if export:
        _refuse_twins(list(found))
    steps = track(
        found.items(), "running", console=Console(stderr=True), transient=True
    )
    standings = {path: stand(nb, path) for path, nb in steps}
    rows = [
        (path.stem, *map(_share, standing[::2], standing[1::2]))
        for path, standing in standings.items()
    ]
    show_rows(HEAD, rows)
    if export:
        _write(export, standings)
    return int(any(each.passed < each.of for each in standings.values()))


def stand(nb: NotebookNode, path: Path) -> Standing:
    """Run a notebook, unless it is blank, and count."""
    answers = [
        cell for cell in nb.cells if cell.cell_type == "code" and is_solution(cell)
    ]
    answered = sum(not is_blank(cell) for cell in answers)
    judged = judge(nb, path) if answered else []
    checks = [cell.metadata.nbgrader.points for cell in filter(is_check, nb.cells)]
    return Standing(
        answered=answered,
        tasks=len(answers),
        passed=sum(each.right for each in judged),
        of=len(checks),
        points=sum(each.points for each in judged if each.right),
        worth=sum(checks),
    )


def is_blank(cell: NotebookNode) -> bool:
    """Whether an answer is still as it was released."""
    written = {line.strip() for line in cell.source.splitlines()}
    return written.issuperset(BLANK)


def _exercises(folder: Path) -> dict[Path, NotebookNode]:
    """Read the notebooks that have checks, in the order of their names."""
    paths = [
        path
        for path in sorted(folder.rglob("*.ipynb"))
        if not any(part.startswith(".") for part in path.relative_to(folder).parts)
    ]
    read_in = {path: read(path) for path in paths}
    found = {path: nb for path, nb in read_in.items() if any(map(is_check, nb.cells))}
    if not found:
        raise GradingError(
            f"{folder} holds no notebook of an exercise: name its folder"
        )
    return found


def _refuse_twins(paths: list[Path]) -> None:
    first: dict[str, Path] = {}
    for path in paths:
        other = first.setdefault(path.stem, path)
        if other != path:
            raise GradingError(
                f"{other} and {path} are the same exercise: name a folder with one of them"
            )


def _share(some: int | float, all_: int | float) -> str:
    return f"{some:g} of {all_:g}"


def _write(path: Path, standings: dict[Path, Standing]) -> None:
    exercises = {
        notebook.stem: {name: getattr(each, name) for name in Standing._fields[2:]}
        for notebook, each in standings.items()
    }
    record = {"version": 1, "pages": {}, "exercises": exercises}
    try:
        path.write_text(json.dumps(record, indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise GradingError(f"{path} cannot be written: {error.strerror}") from error
