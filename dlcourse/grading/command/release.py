"""Release: a zip that a student can open, with all that is needed to begin.

It holds the exercise, the package that its checks come from (without the grader), the
list of what to install, and a page on how to start.
"""

import zipfile
from collections.abc import Iterator
from importlib.metadata import requires
from pathlib import Path

from packaging.requirements import Requirement
from rich.console import Console

import dlcourse
from dlcourse.grading.course import Course
from dlcourse.grading.errors import GradingError
from dlcourse.grading.road import prepare

__all__ = ["pack"]

START = """\
# {title}

1. Install Python 3.11 or newer.
2. In a terminal, go to this folder and make an environment of its own:

       python3 -m venv .venv
       .venv/bin/pip install -r requirements.txt

   On Windows: `py -m venv .venv`, then `.venv\\Scripts\\pip install -r requirements.txt`.
3. Open the exercise:

       .venv/bin/jupyter lab {assignment}.ipynb

   On Windows: `.venv\\Scripts\\jupyter lab {assignment}.ipynb`.
4. Write your code where it says YOUR CODE HERE, and run the check below it as often as
   you like. Hand in {assignment}.ipynb under this name; leave the checks in place.
"""

LEFT_OUT = {"grading", "__pycache__"}
"""Folders of the package that a student has no use for."""


def pack(folder: Path, assignment: str, to: Path) -> int:
    """Write the zip and say where it is; return 0.

    Raises:
        GradingError: if the exercise cannot be released, or the zip cannot be written.
    """
    course = Course(folder)
    prepare(course, assignment)
    try:
        with zipfile.ZipFile(to, "w", zipfile.ZIP_DEFLATED) as packed:
            for name, content in _contents(course, assignment):
                packed.writestr(f"{assignment}/{name}", content)
    except OSError as error:
        raise GradingError(f"{to} cannot be written: {error.strerror}") from error
    Console().print(f"{to} holds the exercise; give it to your students.")
    return 0


def _contents(course: Course, assignment: str) -> Iterator[tuple[str, bytes]]:
    notebook = course.notebook("release", assignment)
    for path in sorted(notebook.parent.rglob("*")):
        if path.is_file():
            yield str(path.relative_to(notebook.parent)), path.read_bytes()
    title = assignment.replace("_", " ").capitalize()
    yield "START.md", START.format(title=title, assignment=assignment).encode()
    yield "requirements.txt", "\n".join([*_requirements(), ""]).encode()
    package = Path(dlcourse.__file__).parent
    for path in sorted(package.rglob("*.py")):
        within = path.relative_to(package)
        if not LEFT_OUT.intersection(within.parts):
            yield f"dlcourse/{within}", path.read_bytes()


def _requirements() -> Iterator[str]:
    """What the package needs by itself, and Jupyter."""
    for line in requires("dlcourse") or ():
        requirement = Requirement(line)
        if requirement.marker is None:
            yield str(requirement)
    yield "jupyterlab"
