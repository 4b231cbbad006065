"""Accessible: what others write into a page is put right for who listens to it.

Docutils and MyST-NB give some elements roles and names that say less than the element itself, or
contradict it. They are taken away again when a page is written.
"""

from docutils import nodes
from sphinx.application import Sphinx

MENDED = {
    # A list must have nothing but items, and docutils puts links between these.
    '<div role="list" class="citation-list">': '<div class="citation-list">',
    # The role is deprecated, and only a list's item may bear it.
    ' role="doc-biblioentry"': "",
    # The name hides the words that stand there: "Show the code".
    '<summary aria-label="Toggle hidden content">': "<summary>",
}


def mend(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Take the roles and names out of a page's text."""
    for written, instead in MENDED.items():
        context["body"] = context.get("body", "").replace(written, instead)


def setup(app: Sphinx) -> dict:
    """Register what mends each page."""
    app.connect("html-page-context", mend)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
