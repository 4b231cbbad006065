"""One run of the road on the demo class, shared by every test that reads its marks."""

import html
import io
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path

import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from dlcourse.grading.course import Course
from dlcourse.grading.demo.show import grade_demo
from dlcourse.grading.errors import GradingError
from dlcourse.grading.execute import RunCells
from dlcourse.grading.sandbox.choice import Sandbox, find_sandbox
from dlcourse.grading.sheet import Sheet
from dlcourse.grading.submission import begin_record
from tests.grading.desk import WHERE


@dataclass(frozen=True)
class Graded:
    """What a run left behind: the course, its sheet, and what the terminal showed."""

    course: Course
    sheet: Sheet
    shown: str
    errors: str

    def feedback(self, student: str) -> str:
        """What a student reads, without the page's style."""
        name = self.sheet.assignment
        path = self.course.root / "feedback" / student / name / f"{name}.html"
        return html.unescape(path.read_text(encoding="utf-8").partition("</head>")[2])


@pytest.fixture(scope="session")
def sandbox() -> Sandbox:
    """The sandbox of this machine; without one, what needs it is skipped and says why."""
    try:
        return find_sandbox()
    except GradingError as error:
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def graded(
    tmp_path_factory: pytest.TempPathFactory, root: Path, sandbox: Sandbox
) -> Graded:
    folder = tmp_path_factory.mktemp("course")
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        sheet = grade_demo(folder, root)
    return Graded(Course(folder), sheet, out.getvalue(), err.getvalue())


@pytest.fixture
def sit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sandbox: Sandbox):
    """Run a notebook of these cells as nbgrader does, from the course folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".secret").write_bytes(bytes(32))  # the same hidden cases every time

    def sit(*cells: NotebookNode, **options: float) -> NotebookNode:
        nb = new_notebook(cells=list(cells))
        begin_record(nb, "")
        RunCells(**{"check_timeout": 2, **options}).preprocess(nb, WHERE)
        return nb

    return sit
