"""Launch: the notebooks of the chapters, and the links that open them elsewhere."""

import builtins
import importlib.metadata
import importlib.util
import re
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import jupytext
import launch
import nbformat
import notebooks
import pytest
import yaml
from nbclient import NotebookClient
from plain import UnknownDirectiveError, plain
from sphinx.errors import ConfigError

from tests.book.test_strict import CELL, NOTEBOOK, run_build
from tests.test_layout import CHAPTERS

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "_build" / "html"

RUN = ("models/alexnet", "nn/padding")
"""Chapters whose notebooks are run here: those that take least."""

SETTING = {
    "repository": "https://github.com/owner/course",
    "binder": "https://mybinder.org",
    "colab": "https://colab.research.google.com",
    "jupyterhub": "https://hub.example.org/",
}

MARKUP = re.compile(
    r"^ *(:::|\(.+\)=$|% |\+\+\+)|```\{|\{[\w:-]+\}`|\]\{|\]\((?!https?:)", re.MULTILINE
)
FENCED = re.compile(r"^[> ]*```python\n.*?^[> ]*```$", re.MULTILINE | re.DOTALL)


def read(page: str) -> nbformat.NotebookNode:
    return nbformat.read(BUILT / "notebooks" / f"{page}.ipynb", as_version=4)


def code(cells: list) -> list[str]:
    return [cell.source for cell in cells if cell.cell_type == "code"]


@pytest.mark.parametrize("page", CHAPTERS)
def test_a_notebook_has_the_code_of_its_page(page):
    source = jupytext.read(ROOT / "book" / f"{page}.md")
    first, *rest = code(read(page).cells)
    assert "dlcourse" in first
    assert rest == code(source.cells)


@pytest.mark.parametrize("page", CHAPTERS)
def test_a_notebook_is_plain_and_has_no_outputs(page):
    notebook = read(page)
    nbformat.validate(notebook)
    assert not [cell for cell in notebook.cells if cell.get("outputs")]
    words = "\n\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    assert MARKUP.findall(FENCED.sub("", words)) == []


def test_markup_would_be_found():
    for raw in (":::{source} x", "{ref}`x`", "(name)=", "[a](other.md)", "```{margin}"):
        assert MARKUP.search(f"Words.\n{raw}"), raw


@pytest.mark.parametrize("page", RUN)
def test_a_notebook_runs_in_an_empty_folder(page, tmp_path):
    resources = {"metadata": {"path": tmp_path}}
    NotebookClient(read(page), timeout=120, resources=resources).execute()


def test_a_page_offers_its_notebook():
    html = (BUILT / "nn" / "padding.html").read_text()
    assert 'href="../notebooks/nn/padding.ipynb"' in html
    assert "Download this page as a notebook" in html
    assert "launch-buttons" not in html


def said(role: str, text: str) -> str:
    return f"<{role} {text}>"


@pytest.mark.parametrize(
    ("myst", "markdown"),
    [
        ("See {ref}`the\nsum <sum>`.", "See <ref the sum <sum>>."),
        ("`{ref}` and ``{ref}`sum` ``", "`{ref}` and ``{ref}`sum` ``"),
        ("(sum)=\n## The sum", "## The sum"),
        ("[sum](#sum), [web](https://a.b)", "sum, [web](https://a.b)"),
        (":::{div} d-none\n```{glue:} x\n```\n:::", ""),
        ("```python\n{ref}`kept`\n```", "```python\n{ref}`kept`\n```"),
        (":::{admonition} Err {ref}`a`\n:class: x\nNo.\n:::", "> **Err <ref a>**\n>\n> No."),
        ("- item\n\n  ```{margin}\n  Aside.\n  ```", "- item\n\n  > Aside."),
        (
            ":::{playable} p\n:alt: Slider.\n\n```{glue:figure} s\n:alt: Still.\n```\n\nMove.\n:::",
            "> **In the book, a figure to play with.** Slider.\n>\n> Move.",
        ),
        (
            ":::{question} Why?\n- [ ] This\n\n  No.\n- [x] That\n\n  Yes.\n:::",
            "**Why?**\n\n- This\n- That\n\n<details><summary>Answers</summary>\n\n"
            "- ✗ This\n\n  No.\n- ✓ That\n\n  Yes.\n\n</details>",
        ),
    ],
)  # fmt: skip
def test_myst_becomes_markdown(myst, markdown):
    assert plain(myst, said) == markdown


def test_code_of_the_package_is_shown():
    shown = plain(":::{source} dlcourse/nn/pooling/mean.py\n:object: _Mean\n:::", said)
    assert shown.startswith("`dlcourse/nn/pooling/mean.py`\n\n```python\nclass _Mean(")


def test_an_unknown_directive_is_refused():
    with pytest.raises(UnknownDirectiveError, match='"mermaid" has no form'):
        plain("```{mermaid}\nx\n```", said)


def test_the_first_cell_installs_what_is_missing_and_keeps_torch(monkeypatch):
    calls = []
    here = {"torch": "2.9.0+cu126", "numpy": "2.0.0"}
    monkeypatch.setattr(subprocess, "run", lambda command, check: calls.append(command))
    monkeypatch.setattr(importlib.util, "find_spec", here.get)
    monkeypatch.setattr(importlib.metadata, "version", here.get)
    cell = notebooks.INSTALL.format(package="dlcourse @ git+https://a.b/c@main")
    exec(cell, {})
    [[*_, install, _, package, _, numpy, torch]] = calls
    assert (install, package) == ("install", "dlcourse @ git+https://a.b/c@main")
    assert (numpy, torch) == ("numpy==2.0.0", "torch==2.9.0+cu126")


def test_the_first_cell_does_nothing_where_nothing_is_missing(monkeypatch):
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: pytest.fail("it installs"))
    exec(notebooks.INSTALL.format(package="dlcourse"), {})
    exec(notebooks.ASK, {})


def test_without_an_address_the_first_cell_says_what_to_do(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(builtins.ModuleNotFoundError, match="install dlcourse"):
        exec(notebooks.ASK, {})


@pytest.mark.parametrize(
    ("setting", "fault"),
    [
        ({"colap": "https://x"}, "no setting 'colap'"),
        ({"colab": "https://x"}, "colab needs a repository"),
        ({"colab": "https://x", "repository": "https://gitlab.com/a/b"}, "github.com"),
    ],
)
def test_a_setting_without_sense_is_refused(setting, fault):
    with pytest.raises(ConfigError, match=fault):
        launch.read(None, SimpleNamespace(launch=setting))


@pytest.fixture(scope="module")
def launched(tmp_path_factory) -> Path:
    """Build a small book of one chapter, with every service set."""
    folder = tmp_path_factory.mktemp("launched")
    for name in ("dlcourse", "tests", "exercises", "solutions"):
        (folder / name).symlink_to(ROOT / name)
    book = folder / "book"
    (book / "nn").mkdir(parents=True)
    shutil.copytree(ROOT / "book" / "_extensions", book / "_extensions")
    for name in ("_static", "references.bib"):
        (book / name).symlink_to(ROOT / "book" / name)
    settings = yaml.safe_load((ROOT / "_config.yml").read_text())
    settings["sphinx"]["config"]["launch"] = SETTING
    settings["sphinx"]["config"]["html_baseurl"] = "https://site.example.org/book/"
    (folder / "_config.yml").write_text(yaml.safe_dump(settings))
    (book / "intro.md").write_text("# Introduction\n")
    (book / "notes-map.csv").write_text("notes,section,page,anchor\n")
    toc = {"format": "jb-book", "root": "intro", "chapters": [{"file": "nn/sound"}]}
    (book / "_toc.yml").write_text(yaml.safe_dump(toc))
    text = f"(here)=\n## Here\n\nSee {{ref}}`here`.\n\n{CELL.format('1 + 1')}"
    places = "\n\n:::{places} nn/padding\n:::\n"
    (book / "nn" / "sound.md").write_text(NOTEBOOK.format(text + places))
    run = run_build(folder)
    assert run.returncode == 0, run.stdout + run.stderr
    return folder / "_build" / "html"


def test_links_are_made_from_the_setting(launched):
    html = (launched / "nn" / "sound.html").read_text().replace("&amp;", "&")
    assert set(re.findall(r'href="(https://(?:mybinder|colab|hub)[^"]*)"', html)) == {
        "https://mybinder.org/v2/gh/owner/course/notebooks?urlpath=lab/tree/nn/sound.ipynb",
        "https://colab.research.google.com/github/owner/course/blob/notebooks/nn/sound.ipynb",
        "https://hub.example.org/hub/user-redirect/git-pull?repo=https%3A%2F%2Fgithub.com"
        "%2Fowner%2Fcourse&branch=notebooks&urlpath=lab%2Ftree%2Fcourse%2Fnn%2Fsound.ipynb",
    }
    intro = (launched / "intro.html").read_text()
    assert "launch-buttons" not in intro


def test_what_is_published_installs_the_package(launched):
    package = "dlcourse @ git+https://github.com/owner/course@main"
    assert package in (launched / "notebooks" / "requirements.txt").read_text()
    notebook = nbformat.read(
        launched / "notebooks" / "nn" / "sound.ipynb", as_version=4
    )
    assert package in code(notebook.cells)[0]


def test_references_lead_to_the_site(launched):
    notebook = nbformat.read(
        launched / "notebooks" / "nn" / "sound.ipynb", as_version=4
    )
    address = "https://site.example.org/book/nn/sound.html#here"
    assert f"See [Here]({address})." in notebook.cells[2].source


@pytest.mark.browser
def test_nothing_is_loaded_from_elsewhere_until_the_reader_asks(launched, open_page):
    page = open_page(launched / "nn" / "sound.html")
    assert page.heard == []
    page.route("https://**", lambda route: route.abort())
    page.click(".dropdown-launch-buttons > button")
    with page.expect_request("https://unpkg.com/thebe*/**"):
        page.click(".btn-launch-thebe")


@pytest.mark.browser
def test_a_click_downloads_the_notebook(open_page):
    page = open_page(BUILT / "nn" / "padding.html", accept_downloads=True)
    page.click(".dropdown-download-buttons > button")
    with page.expect_download() as download:
        page.click(".btn-download-notebook-button")
    assert download.value.suggested_filename == "padding.ipynb"
