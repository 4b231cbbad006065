"""API: types as a reader says them, docstrings as Sphinx sets them, one small page."""

import ast
import re
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import annotations
import pytest
from api import class_, entry, function, signature
from docstrings import entries, escaped, heads, introduction, parts
from offered import modules, offered, public

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "_build" / "html"
LAYER = ROOT / "dlcourse" / "nn" / "convolution" / "layer.py"

TOPICS = sorted(path.stem for path in (ROOT / "book" / "api").glob("*.md"))

TYPES = {
    'Float[Tensor, "b c h w"]': "(b, c, h, w) float",
    'Int[Tensor, " n"] | None': "(n,) int or None",
    'Bool[Tensor, ""]': "() bool",
    'Num[Tensor, "*b n"]': "(*b, n) number",
    'Float[ndarray, "n 4"]': "(n, 4) float array",
    'tuple[Float[Tensor, "n 4"], list[str]]': "tuple[(n, 4) float, list[str]]",
    'Literal["max", "mean"]': "Literal['max', 'mean']",
    "'Geometry'": "Geometry",
    "Sides | str": "int or Sequence[int] or str",
}


@pytest.mark.parametrize(("written", "said"), TYPES.items())
def test_a_type_is_said_as_a_reader_says_it(written, said):
    assert annotations.said(ast.parse(written, mode="eval").body, LAYER) == said


def test_a_name_for_a_type_is_followed_through_the_package():
    network = ROOT / "dlcourse" / "models" / "resnet" / "network.py"
    images = ast.parse("Images", mode="eval").body
    assert annotations.said(images, network) == "(b, c, h, w) float"


SCALE = '''
def scale(x: Float[Tensor, "n"], by: float = 2.0, *, up: bool = True) -> Float[Tensor, "n"]:
    """Multiply ``|x|`` by a number, |by|.

    Args:
        by: a number,
            not zero.

    Returns:
        The scaled entries.

    Raises:
        ValueError: if ``by`` is 0.

    >>> scale(torch.ones(1)).item()
    2.0
    """
'''


def test_a_function_has_all_its_arguments_in_their_order():
    text = function(ast.parse(SCALE).body[0], LAYER)
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    assert lines == [
        ".. py:function:: scale(x, by=2.0, *, up=True)",
        ":no-index-entry:",
        r"Multiply ``|x|`` by a number, \|by\|.",
        ":param x:",
        ":type x: :shape:`(n,) float`",
        ":param by: a number, not zero.",
        ":type by: :shape:`float`",
        ":param up:",
        ":type up: :shape:`bool`",
        ":returns: :shape:`(n,) float` – The scaled entries.",
        ":raises ValueError: if ``by`` is 0.",
        ">>> scale(torch.ones(1)).item()",
        "2.0",
    ]


def test_a_class_says_what_it_is_made_with_and_has_its_public_methods():
    code = """
    class Base:
        def __init__(self, size: int) -> None: ...

    class Layer(Base):
        def forward(self, x: Float[Tensor, "n"]) -> None:
            "Do it."
        def _hidden(self) -> None: ...

    class Record(NamedTuple):
        size: int
        stride: int = 1
    """
    base, layer, record = ast.parse(dedent(code)).body
    assert ".. py:class:: Base(size)" in class_(base, LAYER)
    assert ".. py:class:: Record(size, stride=1)" in class_(record, LAYER)
    [pooling] = (each for each in offered("nn/pooling") if each.name == "MaxPool2d")
    assert ".. py:class:: MaxPool2d(kernel_size, " in entry(pooling)  # from its base
    assert ".. py:method:: forward(x)" in class_(layer, LAYER)
    assert "_hidden" not in class_(layer, LAYER)


def test_every_kind_of_argument_keeps_its_place():
    args = ast.parse("def f(a, /, b=1, *c, d, e=2, **g): ...").body[0].args
    written, types = signature(args, bound=False)
    assert written == "a, /, b=1, *c, d, e=2, **g"
    assert list(types) == ["a", "b", "*c", "d", "e", "**g"]


def test_a_docstring_falls_into_its_parts():
    doc = parts(ast.get_docstring(ast.parse(SCALE).body[0]))
    assert doc.words == r"Multiply ``|x|`` by a number, \|by\|."
    assert doc.example.splitlines()[-1] == "2.0"
    assert entries(doc.sections["Args"]) == {"by": "a number, not zero."}


def test_what_only_looks_like_markup_is_kept_from_being_read_so():
    assert (
        escaped("``|a|`` zeros_, snake_case |b|")
        == r"``|a|`` zeros\_, snake_case \|b\|"
    )


def test_the_head_of_a_file_is_read_line_by_line():
    order, paper = "Read in this order:\n\n    a  b", 'Paper:  A 1990, "B\n        c"'
    text = f"Sum: add.\n\nWhy.\n\n{order}\n\nAxes:   b batch\n{paper}\n"
    assert heads(text) == {"Axes": "b batch", "Paper": 'A 1990, "B c"'}
    assert introduction(text) == "Sum: add.\n\nWhy."


@pytest.mark.parametrize("topic", TOPICS)
def test_every_public_name_of_a_topic_has_an_entry(topic):
    for page in modules(topic):
        folder = ROOT / "dlcourse" / page
        file = folder / "__init__.py" if folder.is_dir() else folder.with_suffix(".py")
        missing = public(file) - {each.name for each in offered(page)}
        hidden = {name for name in missing if defined_out_of_sight(file, name)}
        assert missing == hidden


def defined_out_of_sight(file: Path, name: str) -> bool:
    """Tell whether a name comes from a file that is not public, or from elsewhere."""
    there, found = annotations.meaning(file, name)
    return found is None or there.name.startswith("_") or there.parent != file.parent


def test_every_topic_of_the_package_has_its_page():
    inside = {"checks", "grading"}
    paths = (path for path in (ROOT / "dlcourse").iterdir() if path.name[0] != "_")
    names = {path.stem for path in paths if path.is_dir() or path.suffix == ".py"}
    assert names - inside == set(TOPICS)


CONF = f"""
import sys
sys.path.insert(0, {str(ROOT / "book" / "_extensions")!r})
extensions = ["myst_parser", "sphinxcontrib.bibtex", "source", "api"]
myst_enable_extensions = ["colon_fence"]
bibtex_bibfiles = ["references.bib"]
"""

CHAPTER = """# Chapter

## Tools

:::{source} dlcourse/training/seeds.py
:object: generator
:::

```{bibliography}
:all:
```
"""


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A book of two pages of docstrings and one that shows some of their code."""
    folder = tmp_path_factory.mktemp("api")
    for name in ("dlcourse", "tests"):
        (folder / name).symlink_to(ROOT / name)
    book = folder / "book"
    book.mkdir()
    (book / "conf.py").write_text(CONF)
    (book / "references.bib").symlink_to(ROOT / "book" / "references.bib")
    (book / "index.md").write_text(
        f"{CHAPTER}\n```{{toctree}}\naxes\ndata\ntraining\n```\n"
    )
    for topic in ("axes", "data", "training"):
        (book / f"{topic}.md").write_text(f"# {topic}\n\n:::{{api}} {topic}\n:::\n")
    target = folder / "html"
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "-b", "html", book, target]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.stderr == ""
    return target


def text(page: Path) -> str:
    """The words of a page without its tags."""
    return " ".join(re.sub(r"<[^>]+>", "", page.read_text("utf-8")).split())


def test_a_name_is_an_anchor_with_signature_shapes_and_example(small):
    html = (small / "data.html").read_text("utf-8")
    assert 'id="dlcourse.data.photos.photo"' in html
    assert '<span class="shape">(c, h, w) float</span>' in html
    assert 'class="doctest' in html
    assert 'href="_downloads/' in html
    assert re.search(r'href="index.html#\w+">Huang, Ramesh, Berg', html)


def test_the_letters_of_axes_are_a_table(small):
    assert "<table" in (small / "axes.html").read_text("utf-8")
    assert "(b, c, h, w) float" in text(small / "axes.html")


def test_works_are_linked_by_their_ids(small):
    html = (small / "index.html").read_text("utf-8")
    assert 'href="https://doi.org/10.1109/5.726791"' in html
    assert 'href="https://arxiv.org/abs/1312.4400"' in html


@pytest.mark.skipif(not (BUILT / "api").exists(), reason="the book is not built")
@pytest.mark.parametrize("topic", TOPICS)
def test_a_built_page_is_light_enough(topic):
    page = BUILT / "api" / f"{topic}.html"
    assert page.stat().st_size < 1_000_000


@pytest.mark.skipif(not (BUILT / "api").exists(), reason="the book is not built")
def test_a_built_entry_leads_to_where_its_chapter_shows_it():
    html = (BUILT / "api" / "nn.html").read_text("utf-8")
    assert re.search(
        r'class="shown">In the chapter: <a [^>]*href="../nn/pooling.html#', html
    )
    index = (BUILT / "functions.html").read_text("utf-8")
    assert 'href="api/nn.html#dlcourse.nn.convolution.conv2d"' in index
