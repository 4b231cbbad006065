"""Refusals: one sentence each, and no traceback in the terminal."""

import shutil

import pytest
from nbformat import v4, write

from dlcourse.grading.course import SETTINGS, Course
from dlcourse.grading.demo import __main__ as demo
from dlcourse.grading.demo.edits import answer, delete_cell
from dlcourse.grading.demo.make import make_course
from dlcourse.grading.errors import GradingError
from dlcourse.grading.road import prepare
from dlcourse.grading.secret import course_secret


@pytest.fixture
def course(tmp_path, root):
    shutil.copy(root / SETTINGS, tmp_path)
    return Course(tmp_path)


def test_a_folder_without_settings(tmp_path):
    with pytest.raises(
        GradingError, match=r"is not a course: it has no nbgrader_config"
    ):
        Course(tmp_path)


def test_a_missing_solution(course):
    with pytest.raises(GradingError, match="does not exist: write the reference"):
        prepare(course, "padding")


def test_a_solution_that_fails_its_check(course):
    parameters = v4.new_code_cell("seed = None", metadata={"tags": ["parameters"]})
    wrong = v4.new_code_cell("raise ValueError(f'wrong with {seed}')")
    path = course.notebook("source", "padding")
    path.parent.mkdir(parents=True)
    kernel = {"name": "python3", "language": "python", "display_name": "Python 3"}
    nb = v4.new_notebook(cells=[parameters, wrong], metadata={"kernelspec": kernel})
    write(nb, path)
    with pytest.raises(
        GradingError,
        match=r"fails with seed (\d+), .* first: ValueError: wrong with \1$",
    ):
        prepare(course, "padding")


def test_a_secret_that_was_cut_short(tmp_path):
    (tmp_path / ".secret").write_bytes(b"short")
    with pytest.raises(GradingError, match="holds 5 bytes and a course secret has 32"):
        course_secret(tmp_path)


def test_a_folder_with_someones_work(tmp_path, root):
    (tmp_path / "thesis.tex").touch()
    with pytest.raises(GradingError, match="files that the demo did not make"):
        make_course(tmp_path, root)
    assert (tmp_path / "thesis.tex").exists()


def test_a_place_that_is_not_the_repository(tmp_path):
    with pytest.raises(GradingError, match="has no solutions/convolution"):
        make_course(tmp_path / "course", tmp_path)


def test_a_demo_that_the_exercise_has_left_behind():
    nb = v4.new_notebook()
    with pytest.raises(GradingError, match="the exercise has no cell im2col"):
        delete_cell("im2col")(nb)
    mark = {"grade_id": "pad_answer", "solution": True}
    nb.cells = [v4.new_code_cell("return x", metadata={"nbgrader": mark})]
    with pytest.raises(GradingError, match='answer to pad does not hold "y" any more'):
        answer("pad", "y", "z")(nb)


def test_a_refusal_ends_the_demo_with_its_sentence(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match="start the demo in the dlcourse repository"):
        demo.main(["--course", str(tmp_path / "course")])


def test_missing_tools_are_named(monkeypatch):
    monkeypatch.setattr(
        demo, "find_spec", lambda name: None if name in {"nbgrader", "rich"} else name
    )
    with pytest.raises(SystemExit, match=r"^grading needs nbgrader and rich: install"):
        demo.main([])
