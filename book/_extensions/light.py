"""Light: a page loads what it uses, and nothing that only another page needs.

Of MathJax the parts that set a formula and tell it to a screen reader, on pages that have one; no
script of icons, since the theme's font draws them too (``templates/layout.html``); the index of the
search on the page of the search alone.
"""

from pathlib import Path

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config

PARTS = ["core", "input/tex", "output/chtml", "a11y/assistive-mml"]
"""What MathJax loads; its usual single file has a menu of settings as well."""

TEMPLATES = str(Path(__file__).parent / "templates")


def choose(app: Sphinx, config: Config) -> None:
    """Name MathJax's parts, and let the theme find the layout."""
    config.mathjax_path = "mathjax/startup.js"
    config.mathjax3_config = {
        "loader": {"load": PARTS},
        **(config.mathjax3_config or {}),
    }
    if TEMPLATES not in config.templates_path:
        config.templates_path.append(TEMPLATES)


def leave_out(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Take MathJax from a page without formulas: Jupyter Book gives it to all."""
    if 'class="math' not in context.get("body", ""):
        scripts = context["script_files"]
        scripts[:] = [each for each in scripts if "mathjax" not in str(each)]


def setup(app: Sphinx) -> dict:
    """Register both."""
    app.connect("config-inited", choose)
    # After Sphinx's own extension has added MathJax.
    app.connect("html-page-context", leave_out, priority=900)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
