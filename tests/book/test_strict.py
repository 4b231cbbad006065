"""Strict: a book that shows anything unproven does not build; each fault is planted."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

NOTEBOOK = """---
jupytext:
  text_representation:
    extension: .md
    format_name: myst
kernelspec:
  display_name: Python 3
  language: python
  name: python3
---

# A page

{}
"""

CELL = "```{{code-cell}} ipython3\n{}\n```"

FAULTS = {
    "failing": (CELL.format("1 / 0"), "Executing notebook failed"),
    "idle": ("Only words.", "this page runs no cell"),
    "skipped": (CELL.format(":tags: [skip-execution]\n\n1"), "tagged skip-execution"),
    "dead": (CELL.format("1") + "\n\n[nowhere](no-such-page.md)", "no-such-page"),
    "unglued": (CELL.format("1") + "\n\n{glue:text}`missing`", "missing"),
    "warned": (CELL.format("import warnings; warnings.warn('odd')"), "stderr"),
    "slow": (CELL.format("import time; time.sleep(3)"), "its budget is 2 s"),
    "sourceless": (
        CELL.format("1") + "\n\n:::{source} dlcourse/axes.py\n:object: nothing\n:::",
        'dlcourse/axes.py defines no "nothing"',
    ),
    "mapped": (
        CELL.format("1") + "\n\n:::{notes} 000\n:::",
        'nn/mapped has no section "nowhere", which "000 sums" leads to',
    ),
}

MAP = "notes,section,page,anchor\n000,sums,nn/mapped,nowhere\n"


def build(
    folder: Path, root: Path, pages: dict[str, str], budget: float
) -> subprocess.CompletedProcess[str]:
    """Build a small book of the given pages with the real settings but for a page's budget."""
    shutil.copytree(root / "book" / "_extensions", folder / "book" / "_extensions")
    shutil.copytree(root / "book" / "_static", folder / "book" / "_static")
    shutil.copytree(root / "dlcourse", folder / "dlcourse")
    shutil.copy(root / "book" / "references.bib", folder / "book")
    settings = yaml.safe_load((root / "_config.yml").read_text())
    settings["sphinx"]["config"]["page_budget_seconds"] = budget
    (folder / "_config.yml").write_text(yaml.safe_dump(settings))
    (folder / "book" / "intro.md").write_text("# Introduction\n")
    (folder / "book" / "notes-map.csv").write_text(MAP)
    chapters = [{"file": f"nn/{name}"} for name in pages]
    toc = {"format": "jb-book", "root": "intro", "chapters": chapters}
    (folder / "book" / "_toc.yml").write_text(yaml.safe_dump(toc))
    (folder / "book" / "nn").mkdir()
    for name, text in pages.items():
        (folder / "book" / "nn" / f"{name}.md").write_text(NOTEBOOK.format(text))
    return run_build(folder)


def run_build(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    command = [
        Path(sys.executable).with_name("jupyter-book"), "build", "book",
        "--config", "_config.yml", "--path-output", ".", "--warningiserror", "--keep-going",
        *options,
    ]  # fmt: skip
    return subprocess.run(command, cwd=folder, capture_output=True, text=True)


@pytest.fixture(scope="module")
def faulty(tmp_path_factory, root) -> subprocess.CompletedProcess[str]:
    pages = {name: text for name, (text, _) in FAULTS.items()}
    return build(tmp_path_factory.mktemp("faulty"), root, pages, budget=2)


def test_a_sound_book_builds(tmp_path, root):
    run = build(tmp_path, root, {"sound": CELL.format("1 + 1")}, budget=60)
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "_build" / "html" / "nn" / "sound.html").exists()


def test_a_page_that_fails_today_is_not_shown_as_it_ran_yesterday(tmp_path, root):
    fact = tmp_path / "fact.txt"
    fact.write_text("1")
    page = CELL.format(f"print(open({str(fact)!r}).read())")
    assert build(tmp_path, root, {"reader": page}, budget=60).returncode == 0
    fact.write_text("2")
    assert run_build(tmp_path, "--all").returncode == 0
    shown = (tmp_path / "_build" / "html" / "nn" / "reader.html").read_text()
    assert "<span></span>2" in shown
    fact.unlink()
    assert run_build(tmp_path, "--all").returncode == 1


def test_a_faulty_book_does_not(faulty):
    assert faulty.returncode == 1


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_a_warning_at_its_page(faulty, fault):
    """With --warningiserror, one of them fails the build."""
    said = re.sub(r"\x1b\[[0-9;]*m", "", faulty.stdout + faulty.stderr)
    warnings = [
        line
        for line in said.splitlines()
        if f"nn/{fault}" in line and re.search("WARNING|ERROR", line)
    ]
    assert any(FAULTS[fault][1] in line for line in warnings), warnings
