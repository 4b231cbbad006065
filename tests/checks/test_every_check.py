"""Every check, of every page: the right answer passes and each known mistake is named."""

import importlib
import pkgutil
import subprocess
import sys

import pytest

from dlcourse import checks
from dlcourse.checks.judging import Check

PAGES = sorted(
    m.name for m in pkgutil.iter_modules(checks.__path__) if m.name != "judging"
)


def checks_of(page: str) -> list[Check]:
    module = importlib.import_module(f"dlcourse.checks.{page}")
    return [getattr(module, name) for name in module.__all__]


CHECKS = {f"{page}.{check.task}": check for page in PAGES for check in checks_of(page)}
MISTAKES = {
    f"{name}: {mistake.name}": (check, mistake)
    for name, check in CHECKS.items()
    for mistake in check.mistakes
}
SEEDS = range(3)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_four_to_eight_tasks_named_as_their_checks(page):
    module = importlib.import_module(f"dlcourse.checks.{page}")
    assert 4 <= len(checks_of(page)) <= 8
    assert {check.task for check in checks_of(page)} == set(module.__all__)


@pytest.mark.parametrize("name", CHECKS)
def test_a_check_knows_at_least_three_mistakes(name):
    names = [mistake.name for mistake in CHECKS[name].mistakes]
    assert len(set(names)) == len(names) >= 3


@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize("name", CHECKS)
def test_the_reference_is_right(name, hidden):
    check = CHECKS[name]
    for seed in SEEDS:
        verdict = check.judge(check.reference, seed, hidden=hidden)
        assert verdict.right, verdict


# Thousands of calls: the shape checker would take ten times as long as they do.
@pytest.mark.usefixtures("as_in_use")
@pytest.mark.parametrize("hidden", [False, True])
@pytest.mark.parametrize("wrong", MISTAKES)
def test_each_known_mistake_is_named(wrong, hidden):
    check, mistake = MISTAKES[wrong]
    for seed in SEEDS:
        verdict = check.judge(mistake.function, seed, hidden=hidden)
        assert not verdict.right
        assert verdict.mistake == mistake.name
        assert mistake.advice in verdict.message


def test_a_first_check_waits_for_no_compiler():
    # torch imports its compiler for a mode that does not say it needs none: seconds for nothing.
    program = (
        "import sys; from dlcourse.checks.gatys import gram_matrix as check; "
        "assert check.judge(check.reference, 0).right; "
        "assert 'torch._dynamo' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
