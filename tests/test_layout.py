"""Layout: every page of the book has its five places, and no place lacks its page."""

from pathlib import Path

import pytest
import yaml
from places import SHARED_EXERCISES

ROOT = Path(__file__).parents[1]

WITHOUT_PLACES = ("api/", "teaching/")
"""Folders of pages that need only themselves, as do all pages beside the topics' folders."""


def contents() -> list[str]:
    """Pages in the order of the table of contents."""
    toc = yaml.safe_load((ROOT / "book" / "_toc.yml").read_text())
    return [
        toc["root"],
        *(c["file"] for part in toc["parts"] for c in part["chapters"]),
    ]


CHAPTERS = [
    page for page in contents() if "/" in page and not page.startswith(WITHOUT_PLACES)
]


def module(page: str) -> Path:
    """A page's code: one file, or a package of small ones."""
    path = ROOT / "dlcourse" / page
    return path if path.is_dir() else path.with_suffix(".py")


def places(page: str) -> list[Path]:
    topic, name = page.split("/")
    exercise = SHARED_EXERCISES.get(name, name)
    checks = ROOT / "dlcourse" / "checks" / exercise
    return [
        ROOT / "book" / f"{page}.md",
        module(page),
        ROOT / "tests" / topic / f"test_{name}.py",
        ROOT / "exercises" / exercise / f"{exercise}.ipynb",
        ROOT / "solutions" / exercise / f"{exercise}.ipynb",
        checks if checks.is_dir() else checks.with_suffix(".py"),
    ]


@pytest.mark.parametrize("page", CHAPTERS)
def test_each_page_has_its_places(page):
    missing = [str(p.relative_to(ROOT)) for p in places(page) if not p.exists()]
    assert not missing


def test_page_names_are_unique_and_without_numbers():
    names = [page.split("/")[-1] for page in CHAPTERS]
    assert len(set(names)) == len(names)
    assert not [n for n in names if any(c.isdigit() for c in n)]


def strangers(found: set[str], known: set[str]) -> list[str]:
    return sorted(found - known)


def test_no_chapter_is_left_out_of_the_contents():
    book = ROOT / "book"
    found = {p.relative_to(book).with_suffix("").as_posix() for p in book.rglob("*.md")}
    assert not strangers(found, set(contents()))


def test_no_module_lacks_its_page():
    topics = {page.split("/")[0] for page in CHAPTERS}
    found = {
        f"{topic}/{p.stem}"
        for topic in topics
        for p in (ROOT / "dlcourse" / topic).iterdir()
        if not p.name.startswith("_")
    }
    assert not strangers(found, set(CHAPTERS))


def test_no_test_lacks_its_module():
    topics = {page.split("/")[0] for page in CHAPTERS}
    found = {
        f"{topic}/{p.stem.removeprefix('test_')}"
        for topic in topics
        for p in (ROOT / "tests" / topic).glob("test_[!_]*.py")
    }
    assert not strangers(found, set(CHAPTERS))


@pytest.mark.parametrize("folder", ["exercises", "solutions"])
def test_no_exercise_lacks_its_page(folder):
    names = {page.split("/")[1] for page in CHAPTERS}
    found = {p.name for p in (ROOT / folder).iterdir() if p.is_dir()}
    assert not strangers(found, names - set(SHARED_EXERCISES))


def test_files_stay_small_enough_to_read():
    long = {
        str(p.relative_to(ROOT)): n
        for p in (ROOT / "dlcourse").rglob("*.py")
        if (n := len(p.read_text().splitlines())) > 300
    }
    assert not long
