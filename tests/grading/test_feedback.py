"""Feedback: a page that draws its formulas itself and asks nobody for anything."""

import re
from pathlib import Path

import nbformat
import pytest
from nbconvert.filters.markdown_mistune import MarkdownWithMath

from dlcourse.grading.feedback import FormulaRenderer
from tests.grading.conftest import Graded


def render(text: str) -> str:
    return MarkdownWithMath(renderer=FormulaRenderer(escape=False)).render(text)


def test_a_formula_becomes_mathml():
    shown = render(r"so $\frac{a}{2}$ is, and $$\sum_i x_i$$")
    assert "<mfrac><mrow><mi>a</mi></mrow><mrow><mn>2</mn></mrow></mfrac>" in shown
    assert 'display="inline"' in shown
    assert 'display="block"' in shown


def test_an_environment_becomes_mathml():
    assert "<mtable" in render(r"\begin{pmatrix}1 & 2\end{pmatrix}")


def test_code_keeps_its_dollars():
    assert "<code>$x$</code>" in render("`$x$`")


@pytest.mark.parametrize(
    "formula",
    [
        r"\text{<script>alert(1)</script>}",
        r"\text{<img src=x onerror=alert(1)>}",
        r"\href{javascript:alert(1)}{x}",
        r"\style{position:fixed}{x}",
        r"\class{a}{x}",
        r"\frac{",
        r"\begin{matrix}",
    ],
)
def test_what_is_no_plain_formula_is_shown_as_written(formula):
    shown = render(f"${formula}$")
    assert "<math" not in shown
    assert "<script" not in shown
    assert "<img" not in shown
    assert "<a " not in shown


def test_every_formula_of_the_exercises_is_drawn(root: Path):
    left = []
    for path in root.glob("exercises/*/*.ipynb"):
        for cell in nbformat.read(path, 4).cells:
            if cell.cell_type == "markdown":
                text = re.sub(
                    r"<(pre|code).*?</\1>", "", render(cell.source), flags=re.S
                )
                left += [
                    f"{path.stem}: {found}" for found in re.findall(r"\$.*\$", text)
                ]
    assert not left


def test_feedback_names_no_place_on_the_network(graded: Graded):
    assignment = graded.sheet.assignment
    pages = (graded.course.root / "feedback").glob(f"*/{assignment}/*.html")
    pages = [path.read_text(encoding="utf-8") for path in pages]
    assert any("<math" in page for page in pages)
    for page in pages:
        assert not re.findall(r"<(?:script|link)\b|url\(['\"]?https?:", page)
