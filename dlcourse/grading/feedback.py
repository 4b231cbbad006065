"""Feedback: the page a student reads, with formulas that need no script and no network.

nbgrader's page asks a server elsewhere for MathJax. A browser draws MathML by itself, so
formulas are turned into it here; one that cannot be is shown as it was written.
"""

from typing import Any
from xml.etree import ElementTree

from jinja2 import DictLoader
from jinja2.runtime import Context
from latex2mathml.converter import convert
from nbconvert.exporters import HTMLExporter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

__all__ = ["FeedbackExporter", "FormulaRenderer"]

NO_SCRIPT = {"mathjax.html.j2": "{% macro mathjax(url='') %}{% endmacro %}"}
"""What nbconvert's template finds in the place of its own file of that name."""

MATHML = "{http://www.w3.org/1998/Math/MathML}"
# fmt: off
TAGS = {
    "math", "menclose", "mfrac", "mi", "mn", "mo", "mover", "mpadded", "mphantom",
    "mroot", "mrow", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable",
    "mtd", "mtext", "mtr", "munder", "munderover",
}
LOOKS = {
    "accent", "columnalign", "columnlines", "columnspacing", "depth", "display",
    "displaystyle", "fence", "form", "height", "largeop", "linethickness", "lspace",
    "mathcolor", "mathsize", "mathvariant", "maxsize", "minsize", "movablelimits",
    "notation", "rowlines", "rowspacing", "rspace", "scriptlevel", "separator",
    "stretchy", "symmetric", "width",
}
# fmt: on
"""What a formula may be made of: a student's own could hold a link, a style, a script."""


class FormulaRenderer(IPythonRenderer):
    """Renders markdown as nbconvert does, but for formulas."""

    def inline_math(self, body: str) -> str:
        """Draw a formula in a line of text."""
        return _draw(body, "inline") or super().inline_math(body)

    def block_math(self, body: str) -> str:
        """Draw a formula on a line of its own."""
        return _draw(body, "block") or super().block_math(body)

    def latex_environment(self, name: str, body: str) -> str:
        """Draw what stands between begin and end."""
        whole = rf"\begin{{{name}}}{body}\end{{{name}}}"
        return _draw(whole, "block") or super().latex_environment(name, body)


def _draw(formula: str, display: str) -> str:
    """Turn LaTeX into MathML; "" if that cannot be, or not safely."""
    try:
        drawn = convert(formula, display=display)
    except Exception:  # a student may write anything between dollars
        return ""
    return drawn if _is_harmless(drawn) else ""


def _is_harmless(drawn: str) -> bool:
    try:
        parts = list(ElementTree.fromstring(drawn).iter())
    except ElementTree.ParseError:  # latex2mathml lets a < in a text through
        return False
    return all(
        part.tag.removeprefix(MATHML) in TAGS and part.attrib.keys() <= LOOKS
        for part in parts
    )


class FeedbackExporter(HTMLExporter):
    """Writes the page; set it as ``c.GenerateFeedback.exporter_class``."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{**options, "extra_loaders": [DictLoader(NO_SCRIPT)]})

    def markdown2html(self, context: Context, source: str) -> str:
        """Render a cell's text."""
        attachments = context.get("cell", {}).get("attachments", {})
        renderer = FormulaRenderer(escape=False, attachments=attachments)
        return MarkdownWithMath(renderer=renderer).render(source)

    markdown2html.jinja_pass_arg = HTMLExporter.markdown2html.jinja_pass_arg
