"""Links: a submission cannot fetch a file of the instructor's, or another's work."""

import pytest

from dlcourse.grading.course import Course
from dlcourse.grading.road import grade_class
from tests.grading.classroom import ASSIGNMENT, HONEST, make_classroom, write

SECRET = "nobody's business"


@pytest.fixture(scope="module")
def graded(tmp_path_factory, root, sandbox) -> Course:
    """Ada hands in her work; mallory a link to the solution; eve links beside her work."""
    course = make_classroom(tmp_path_factory.mktemp("course"), root)
    (course.root / "private.csv").write_text(SECRET)
    for student in ("ada", "eve"):
        write(course, student, HONEST["right"][0])
    beside = course.notebook("submitted", ASSIGNMENT, "eve").parent
    (beside / "data.csv").symlink_to(course.root / "private.csv")
    (beside / "up.csv").symlink_to("../../../private.csv")
    (beside / "own.csv").write_text("1,2")
    theirs = course.notebook("submitted", ASSIGNMENT, "mallory")
    theirs.parent.mkdir(parents=True)
    theirs.symlink_to(course.notebook("source", ASSIGNMENT))
    whole = course.root / "submitted" / "trent"
    whole.symlink_to(course.root / "submitted" / "ada")
    grade_class(course, ASSIGNMENT)
    return course


@pytest.fixture
def rows(graded):
    return {row.student: row for row in grade_class(graded, ASSIGNMENT).rows}


def test_marks(rows):
    totals = {student: row.total for student, row in rows.items()}
    assert totals == {"ada": 2, "eve": 2, "mallory": 0, "trent": 0}
    for student in ("mallory", "trent"):
        assert rows[student].remark == "the file is a link to another"
    assert "data.csv is a link and has been left out" in rows["eve"].remark


def test_nothing_linked_is_in_what_grading_writes(graded):
    files = [
        path
        for folder in ("autograded", "feedback")
        for path in (graded.root / folder).rglob("*")
        if path.is_file()
    ]
    assert any(path.name == "own.csv" for path in files)
    assert not [path for path in files if SECRET.encode() in path.read_bytes()]
