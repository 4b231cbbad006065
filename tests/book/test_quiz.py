"""Quiz: the questions of the chapters, the directive that builds them, and their answers."""

import ast
import importlib
import math
import re
from pathlib import Path

import pytest
import torch

from tests.book.asking import ASK, build
from tests.test_layout import CHAPTERS

BOOK = Path(__file__).parents[2] / "book"

QUESTION = re.compile(r"^:::\{question\} .+?^:::$", re.MULTILINE | re.DOTALL)
CHECK = re.compile(r"^:check: (.+)$", re.MULTILINE)
NUMBER = re.compile(r"(?<![A-Za-z])\d")  # L1 is a name
RIGHT = re.compile(r"^- \[x\] (.+)$", re.MULTILINE)
SECTION = re.compile(
    r"^## Check yourself\n(.*?)^(?:\([\w-]+\)=\n)?## Exercise$", re.M | re.S
)


def questions(page: str) -> list[str]:
    return QUESTION.findall((BOOK / f"{page}.md").read_text(encoding="utf-8"))


CHECKS = [
    pytest.param(check, id=f"{page}-{place}")
    for page in CHAPTERS
    for place, question in enumerate(questions(page))
    for check in CHECK.findall(question)
]


@pytest.mark.parametrize("page", CHAPTERS)
def test_every_chapter_asks_three_to_five_questions_before_its_exercise(page):
    text = (BOOK / f"{page}.md").read_text(encoding="utf-8")
    [section] = SECTION.findall(text)
    assert QUESTION.findall(section) == questions(page)
    assert 3 <= len(questions(page)) <= 5


@pytest.mark.parametrize("page", CHAPTERS)
def test_a_right_answer_with_a_number_has_its_check(page):
    bare = [
        right
        for question in questions(page)
        for right in RIGHT.findall(question)
        if NUMBER.search(right) and not CHECK.search(question)
    ]
    assert not bare


@pytest.mark.parametrize("page", CHAPTERS)
def test_the_right_answer_has_no_place_of_its_own(page):
    places = [re.findall(r"^- \[(.)\]", q, re.M).index("x") for q in questions(page)]
    assert len(set(places)) > 1


def names_in(expression: str) -> dict[str, object]:
    """Give the expression its names, and import the modules it reaches by dots."""
    names = {
        "torch": torch,
        "math": math,
        "dlcourse": importlib.import_module("dlcourse"),
    }
    for node in ast.walk(ast.parse(expression, mode="eval")):
        path = ast.unparse(node) if isinstance(node, ast.Attribute) else ""
        if re.fullmatch(r"dlcourse(\.\w+)+", path):
            parent = importlib.import_module(path.rpartition(".")[0].partition("(")[0])
            if not hasattr(parent, path.rpartition(".")[2]):
                importlib.import_module(path)
    return names


@pytest.mark.parametrize("check", CHECKS)
def test_what_is_called_right_is_right(check):
    assert eval(check, names_in(check))


FAULTS = {
    "none": (("[x]", "[ ]"), "0 choices are right; it must be one"),
    "two": (("[ ] Five", "[x] Five"), "2 choices are right; it must be one"),
    "few": (
        ("- [ ] Five\n\n  That is two and three.\n", ""),
        "there are 2 choices; 3 are the fewest",
    ),
    "silent": (
        ("\n  That is one and two.\n", ""),
        'the choice "[ ] Three" has no paragraph that explains it',
    ),
    "unmarked": (
        ("[ ] Five", "Five"),
        'the choice "Five" begins neither with [ ] nor with [x]',
    ),
    "listless": (
        ("- [ ] Three", "Choose.\n\n- [ ] Three"),
        "below the question stands nothing but the list of its choices",
    ),
    "optional": ((":check:", ":chekc:"), "'chekc'"),
}


@pytest.fixture(scope="module")
def warnings(tmp_path_factory) -> list[str]:
    pages = {
        name: f"# {name}\n\n{ASK.replace(*f)}\n" for name, (f, _) in FAULTS.items()
    }
    toctree = "\n".join(["```{toctree}", *pages, "```"])
    pages |= {"index": f"# A book\n\n{toctree}\n", "schedules": "# S\n\n"}
    said = build(tmp_path_factory.mktemp("faulty"), "dummy", **pages)
    return re.sub(r"\x1b\[[0-9;]*m", "", said).splitlines()


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_a_warning_at_its_line(warnings, fault):
    said = [line for line in warnings if f"/{fault}.md:3: WARNING: " in line]
    assert any(FAULTS[fault][1] in line for line in said), warnings


PO = """
msgid ""
msgstr "Content-Type: text/plain; charset=UTF-8\\n"

msgid "How much is *two* and two?"
msgstr "*二* 加二是多少？"

msgid "Four"
msgstr "四"

msgid "Right."
msgstr "对。"

msgid "That is [right](schedules.md)."
msgstr "[对](schedules.md)。"
"""


def test_a_question_is_translated_and_keeps_its_name(tmp_path):
    pages = {
        "index": f"# A book\n\n{ASK}\n",
        "schedules": "---\norphan: true\n---\n# S\n",
    }
    assert build(tmp_path, "pseudoxml", **pages) == ""
    catalogue = tmp_path / "locale" / "zh_CN" / "LC_MESSAGES" / "index.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text(PO, encoding="utf-8")
    before = (tmp_path / "_build" / "pseudoxml" / "index.pseudoxml").read_text("utf-8")
    assert build(tmp_path, "pseudoxml", "-E", "-D", "language=zh_CN") == ""
    after = (tmp_path / "_build" / "pseudoxml" / "index.pseudoxml").read_text("utf-8")
    for text in ("加二是多少？", "四", "对。", "Three"):
        assert text in after
    assert "Four" not in after
    names = [re.findall(r'ids="(question-\w{8})"', tree) for tree in (before, after)]
    assert names[0] == names[1] != []


def test_a_question_that_asks_something_else_has_another_name(tmp_path):
    asked = {
        "index": ASK,
        "explained": ASK.replace("one and two", "one less"),
        "other": ASK.replace("Three", "Six"),
    }
    pages = {
        name: f"---\norphan: true\n---\n# A\n\n{ask}\n" for name, ask in asked.items()
    }
    build(tmp_path, "pseudoxml", **pages, schedules="---\norphan: true\n---\n# S\n")
    index, explained, other = (
        re.search(r"question-\w{8}", tree.read_text("utf-8"))[0]
        for tree in (
            tmp_path / "_build" / "pseudoxml" / f"{name}.pseudoxml" for name in asked
        )
    )
    assert index == explained != other
