"""App: the commands and what they take.

A command's own modules are imported when it runs: torch alone takes seconds, and
``--help`` should not.
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

from dlcourse.grading.errors import GradingError

__all__ = ["main"]

app = typer.Typer(
    help="Grade the exercises of dlcourse.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

Assignment = Annotated[str, typer.Argument(help="Name of the exercise: convolution.")]
CourseFolder = Annotated[
    Path, typer.Option(help="Folder of the course, where nbgrader_config.py is.")
]


@app.command()
def grade(
    assignment: Assignment,
    student: Annotated[
        list[str] | None, typer.Option(help="Grade this one; may be repeated.")
    ] = None,
    task: Annotated[
        list[str] | None,
        typer.Option(help="Put this check alone and keep the other marks; repeatable."),
    ] = None,
    jobs: Annotated[int, typer.Option(help="Submissions at once.")] = 2,
    resume: Annotated[
        bool, typer.Option("--resume", help="Take up a run that was stopped.")
    ] = False,
    dask: Annotated[
        str | None,
        typer.Option(help="Address of a Dask scheduler, to use its workers instead."),
    ] = None,
    course: CourseFolder = Path(),
) -> None:
    """Grade a class: marks to the gradebook and grades.csv, feedback as HTML."""
    from .grade import grade

    options = {"students": student or (), "tasks": task or (), "resume": resume}
    raise typer.Exit(grade(course, assignment, jobs=jobs, dask=dask, **options))


@app.command()
def key(
    assignment: Assignment,
    seeds: Annotated[int, typer.Option(help="Sets of hidden cases to try.")] = 3,
    course: CourseFolder = Path(),
) -> None:
    """Prove that the reference solution agrees with its checks on hidden cases."""
    from .key import show_key

    raise typer.Exit(show_key(course, assignment, seeds))


@app.command()
def release(
    assignment: Assignment,
    to: Annotated[
        Path | None, typer.Option(help="The zip to write (default: ASSIGNMENT.zip).")
    ] = None,
    course: CourseFolder = Path(),
) -> None:
    """Pack an exercise with all that a student needs to begin."""
    from .release import pack

    raise typer.Exit(pack(course, assignment, to or Path(f"{assignment}.zip")))


@app.command()
def check(
    notebook: Annotated[Path, typer.Argument(help="Your notebook.")],
) -> None:
    """Run a notebook and show what its checks say, as a student sees them."""
    from .check import check

    raise typer.Exit(check(notebook))


@app.command()
def progress(
    folder: Annotated[
        Path, typer.Argument(help="Folder of notebooks, at any depth.")
    ] = Path(),
    export: Annotated[
        Path | None, typer.Option(help="File to write for the book's page on progress.")
    ] = None,
) -> None:
    """Run a folder's notebooks and show how far each of them is."""
    from .progress import show_progress

    raise typer.Exit(show_progress(folder, export))


@app.command()
def doctor() -> None:
    """Show what this machine offers: the sandbox, the device, the versions."""
    from .doctor import examine

    raise typer.Exit(examine())


def main() -> None:
    """Run a command; an error is one sentence, and exit code 2."""
    try:
        app()
    except GradingError as error:
        print(f"dlcourse: {error}", file=sys.stderr)
        sys.exit(2)
