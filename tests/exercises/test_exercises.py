"""Every exercise: how it is built, and the proofs that its marks mean what they say.

A proof runs the cells of a notebook in this process and puts each task's function to its
check, as a kernel would, at a hundredth of the time.
"""

import importlib
import shutil
from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType

import nbformat
import pytest

from dlcourse.checks.judging import Check, Mistake
from dlcourse.grading.course import SETTINGS, Course

ROOT = Path(__file__).parents[2]
EXERCISES = sorted(path.parent.name for path in ROOT.glob("solutions/*/*.ipynb"))
SEED = 20


@cache
def read(folder: str, exercise: str) -> nbformat.NotebookNode:
    path = ROOT / folder / exercise / f"{exercise}.ipynb"
    return nbformat.read(path, as_version=4)


def checks(exercise: str) -> dict[str, Check]:
    page = importlib.import_module(f"dlcourse.checks.{exercise}")
    return {name: getattr(page, name) for name in page.__all__}


def marked(nb: nbformat.NotebookNode, role: str) -> dict[str, nbformat.NotebookNode]:
    """Cells that have a role in nbgrader's metadata, by grade id."""
    marks = [(cell, cell.metadata.get("nbgrader", {})) for cell in nb.cells]
    return {mark["grade_id"]: cell for cell, mark in marks if mark.get(role)}


def run(nb: nbformat.NotebookNode) -> dict:
    """Run the code up to the last check, without the checks."""
    names: dict = {}
    last = max(
        i for i, cell in enumerate(nb.cells) if cell in [*marked(nb, "grade").values()]
    )
    for cell in nb.cells[:last]:
        if cell.cell_type == "code" and not cell.metadata.get("nbgrader", {}).get(
            "grade"
        ):
            exec(compile(cell.source, cell.id, "exec"), names)
    return names


# Thousands of calls: the shape checker would take ten times as long as they do.
pytestmark = pytest.mark.usefixtures("as_in_use")

each_exercise = pytest.mark.parametrize("exercise", EXERCISES)


def test_there_are_exercises():
    assert EXERCISES
    assert sorted(path.name for path in (ROOT / "exercises").iterdir()) == EXERCISES


# how an exercise is built


@pytest.fixture(scope="module")
def course(tmp_path_factory) -> Course:
    """A course that has every solution, and nothing released yet."""
    folder = tmp_path_factory.mktemp("course")
    shutil.copy(ROOT / SETTINGS, folder)
    shutil.copytree(ROOT / "solutions", folder / "solutions")
    return Course(folder)


@each_exercise
def test_the_release_is_what_nbgrader_makes_of_the_solution_today(exercise, course):
    course.release(exercise)
    made, committed = (root / "exercises" / exercise for root in (course.root, ROOT))
    names = sorted(path.name for path in committed.iterdir())
    assert sorted(path.name for path in made.iterdir()) == names
    for name in names:
        assert (made / name).read_bytes() == (committed / name).read_bytes(), (
            f"exercises/{exercise}/{name} is not current: run nbgrader "
            f"generate_assignment {exercise} --force"
        )


@each_exercise
@pytest.mark.parametrize("folder", ["solutions", "exercises"])
def test_no_outputs_are_committed(exercise, folder):
    for cell in read(folder, exercise).cells:
        if cell.cell_type == "code":
            assert (cell.outputs, cell.execution_count) == ([], None)


@each_exercise
def test_papermill_finds_the_parameters(exercise):
    nb = read("solutions", exercise)
    [cell] = [
        cell for cell in nb.cells if "parameters" in cell.metadata.get("tags", [])
    ]
    names: dict = {}
    exec(cell.source, {}, names)
    assert names == {"seed": None, "device": "cpu", "fast": True}


@each_exercise
def test_a_staircase_of_tasks(exercise):
    nb = read("solutions", exercise)
    grades, answers = marked(nb, "grade"), marked(nb, "solution")
    assert 4 <= len(grades) <= 8
    assert sorted(grades) == sorted(checks(exercise))
    assert list(answers) == [f"{task}_answer" for task in grades]
    for task, cell in grades.items():
        assert cell.source == f"check.{task}({task}, seed)"
        assert cell.metadata.nbgrader.points > 0
        assert checks(exercise)[task].task == task


@each_exercise
def test_every_task_is_told_hinted_answered_and_checked_in_this_order(exercise):
    nb = read("solutions", exercise)
    for task, check in marked(nb, "grade").items():
        at = nb.cells.index(check)
        told, hints, answer = nb.cells[at - 3 : at]
        assert [told.cell_type, hints.cell_type] == ["markdown", "markdown"]
        assert answer.metadata.nbgrader.grade_id == f"{task}_answer"
        assert f"*{check.metadata.nbgrader.points} points*" in told.source
        steps = ("Hint 1: a nudge", "Hint 2: an outline", "Hint 3: code with gaps")
        folded = [f"<details><summary>{step}</summary>" for step in steps]
        places = [hints.source.find(step) for step in folded]
        assert -1 < places[0] < places[1] < places[2]
        assert hints.source.count("<details>") == hints.source.count("</details>") == 3
        assert "..." in hints.source[places[2] :]


@each_exercise
def test_a_stub_is_the_answer_without_its_solution(exercise):
    answers = marked(read("solutions", exercise), "solution")
    for name, stub in marked(read("exercises", exercise), "solution").items():
        told, begin, rest = answers[name].source.partition("    ### BEGIN SOLUTION\n")
        solution, end, left = rest.partition("    ### END SOLUTION")
        assert begin
        assert end
        assert left == ""
        assert solution.strip()
        assert (
            stub.source
            == f"{told}    # YOUR CODE HERE\n    raise NotImplementedError()"
        )
        assert told.startswith(f"def {name.removesuffix('_answer')}(")
        assert told.rstrip().endswith('"""')


# the proofs


@each_exercise
def test_the_blank_release_scores_nothing_and_is_told_so_kindly(exercise):
    names = run(read("exercises", exercise))
    for task, check in checks(exercise).items():
        verdict = check.judge(names[task], SEED)
        assert verdict.passed == 0
        assert verdict.stage == "blank"
        assert verdict.message.startswith(
            "not written yet. Put your code where it says"
        )


@each_exercise
@pytest.mark.parametrize("hidden", [False, True])
def test_the_reference_scores_full_marks(exercise, hidden):
    names = run(read("solutions", exercise))
    for task, check in checks(exercise).items():
        verdict = check.judge(names[task], SEED, hidden=hidden)
        assert verdict.right, verdict
        assert not verdict.helped


def words(code: CodeType) -> set[str]:
    """Names that code looks up outside itself, the functions inside it included."""
    inside = [each for each in code.co_consts if isinstance(each, CodeType)]
    return set(code.co_names).union(*map(words, inside))


def leaning_on(task: str, tasks: Iterable[str], names: dict) -> set[str]:
    """Tasks whose function calls another, by itself or through a third."""
    found = {task}
    while True:
        more = {
            name
            for name, function in names.items()
            if isinstance(function, FunctionType) and words(function.__code__) & found
        }
        if more <= found:
            return found.intersection(tasks) - {task}
        found |= more


def test_a_task_leans_on_what_it_calls_through_others():
    names: dict = {}
    exec(
        "def a(): pass\n"
        "def b(): return [a() for _ in 'x']\n"
        "def c(): return b()\n"
        "def d(): pass\n",
        names,
    )
    assert leaning_on("a", "abcd", names) == {"b", "c"}
    assert leaning_on("d", "abcd", names) == set()


MISTAKES = [
    pytest.param(exercise, task, mistake, id=f"{exercise}: {task}: {mistake.name}")
    for exercise in EXERCISES
    for task, check in checks(exercise).items()
    for mistake in check.mistakes
]


@pytest.mark.parametrize(("exercise", "task", "mistake"), MISTAKES)
def test_a_known_mistake_is_named_and_costs_its_own_points(
    exercise: str, task: str, mistake: Mistake
):
    names = run(read("solutions", exercise))
    verdict = checks(exercise)[task].judge(mistake.function, SEED)
    assert verdict.mistake == mistake.name
    # Those that do not call it are as right as in the test before this one.
    others = leaning_on(task, checks(exercise), names)
    names[task] = mistake.function
    for other in others:  # two cases tell whether the mistake has spread
        check = replace(checks(exercise)[other], cases=2)
        verdict = check.judge(names[other], SEED)
        assert verdict.right, verdict
