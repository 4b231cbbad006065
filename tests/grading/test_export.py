"""Export: a gradebook made on the spot, and what Canvas and Moodle would read of it."""

import csv
import subprocess
import sys
from pathlib import Path

import pytest
from nbgrader.api import Gradebook

from dlcourse.grading.export import CanvasExport, MoodleExport, as_text

# nbgrader 0.9.6 links its rows before it adds them to the session, which is in order.
pytestmark = pytest.mark.filterwarnings("ignore:Object of type <Submitted")

CANVAS = ["Student", "ID", "SIS User ID", "SIS Login ID", "Section"]
MOODLE = ["First name", "Last name", "Username", "Email address"]


def grade(
    book: Gradebook, assignment: str, student: str, *scores: float | None
) -> None:
    """Write down a submission's points, a task each; None has not been graded."""
    book.add_submission(assignment, student)
    for task, score in enumerate(scores):
        found = book.find_grade(f"task{task}", assignment, assignment, student)
        found.auto_score, found.needs_manual_grade = score, score is None
    book.db.commit()


def late(book: Gradebook, assignment: str, student: str, penalty: float) -> None:
    [notebook] = book.find_submission(assignment, student).notebooks
    notebook.late_submission_penalty = penalty
    book.db.commit()


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A gradebook of four students and two assignments with two tasks of ten points."""
    url = f"sqlite:///{tmp_path_factory.mktemp('course') / 'gradebook.db'}"
    with Gradebook(url) as book:
        for name in ("convolution", "=HYPERLINK(1)"):
            book.add_assignment(name)
            book.add_notebook(name, name)
            for task in ("task0", "task1"):
                book.add_grade_cell(task, name, name, max_score=10, cell_type="code")
        book.add_student(
            "ada", first_name="Ada", last_name="Lovelace", email="ada@example.org"
        )
        book.add_student("ben", first_name="=1+1", last_name="a;=1+1", lms_user_id="12")
        book.add_student("chen")
        book.add_student("@dana")
        grade(book, "convolution", "ada", 10.0, 6.666)
        grade(book, "convolution", "ben", 5.0, 1.0)
        late(book, "convolution", "ben", 2.5)
        grade(book, "=HYPERLINK(1)", "ben", 1.0, 0.0)
        late(book, "=HYPERLINK(1)", "ben", 9.0)
        grade(book, "convolution", "chen", 3.0, None)
    return url


def write(url: str, path: Path, exporter: type, **options: object) -> list[list[str]]:
    with Gradebook(url) as book:
        exporter(to=str(path), **options).export(book)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


@pytest.fixture
def canvas(url: str, tmp_path: Path) -> list[list[str]]:
    return write(url, tmp_path / "canvas.csv", CanvasExport)


@pytest.fixture
def moodle(url: str, tmp_path: Path) -> list[list[str]]:
    return write(url, tmp_path / "moodle.csv", MoodleExport)


def test_canvas_has_its_columns_and_what_each_assignment_is_worth(canvas):
    assert canvas[0] == [*CANVAS, "'=HYPERLINK(1)", "convolution"]
    assert canvas[1] == ["    Points Possible", "", "", "", "", "20.0", "20.0"]


def test_moodle_has_its_columns(moodle):
    assert moodle[0] == [*MOODLE, "'=HYPERLINK(1)", "convolution"]


def test_one_row_a_student(canvas, moodle):
    assert [row[3] for row in canvas[2:]] == ["'@dana", "chen", "ada", "ben"]
    assert [row[2] for row in moodle[1:]] == ["'@dana", "chen", "ada", "ben"]
    assert canvas[4] == ["Lovelace, Ada", "", "", "ada", "", "", "16.67"]
    assert moodle[3] == ["Ada", "Lovelace", "ada", "ada@example.org", "-", "16.67"]


def test_a_late_penalty_is_taken_off_and_no_mark_is_below_zero(canvas):
    assert canvas[5] == ["a;=1+1, =1+1", "12", "", "ben", "", "0.0", "3.5"]


def test_what_waits_for_a_person_has_no_mark(canvas, moodle):
    assert canvas[3] == ["chen", "", "", "chen", "", "", ""]
    assert moodle[2][4:] == ["-", ""]


def test_nothing_handed_in_may_count_as_no_points(url, tmp_path):
    rows = write(url, tmp_path / "zero.csv", CanvasExport, missing="0")
    assert rows[2] == ["'@dana", "", "", "'@dana", "", "0", "0"]


def test_students_and_assignments_can_be_chosen(url, tmp_path):
    chosen = {"student": ["ada"], "assignment": ["convolution"]}
    rows = write(url, tmp_path / "one.csv", MoodleExport, **chosen)
    assert rows == [
        [*MOODLE, "convolution"],
        ["Ada", "Lovelace", "ada", "ada@example.org", "16.67"],
    ]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝"])
def test_a_formula_is_written_as_text(start):
    assert as_text(f"{start}1+1") == f"'{start}1+1"


def test_no_field_begins_another_where_semicolons_separate(url, tmp_path):
    write(url, tmp_path / "canvas.csv", CanvasExport)
    text = (tmp_path / "canvas.csv").read_text(encoding="utf-8")
    assert '"a;=1+1, =1+1"' in text


def test_nbgraders_own_command_writes_the_file(url, tmp_path, canvas):
    nbgrader = Path(sys.executable).parent / "nbgrader"
    exporter = "--exporter=dlcourse.grading.export.CanvasExport"
    subprocess.run(
        [nbgrader, "export", exporter, "--to=own.csv", f"--db={url}"],
        cwd=tmp_path,
        check=True,
        capture_output=True,
    )
    with (tmp_path / "own.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == canvas
