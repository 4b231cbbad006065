"""Progress: what the reader has read, answered and passed.

:::{progress}
:::

A table for each part of the book, of its pages that ask questions. It is written empty; a script
fills it from what the browser keeps, which never leaves it. On every page a script marks what was
read in the sidebar.
"""

import json
from collections.abc import Iterator

from chapters import FillPlaces, LeavePlace, in_order, table
from docutils import nodes
from places import SHARED_EXERCISES
from scripts import add_script
from sphinx import addnodes
from sphinx.application import Sphinx

HEAD = ("Page", "Read", "Questions right", "Checks passed", "Points")


def exercise(page: str) -> str:
    """Name the exercise that a page's tasks stand in."""
    name = page.rpartition("/")[2]
    return SHARED_EXERCISES.get(name, name)


class FillProgress(FillPlaces):
    """Make the tables."""

    kind = "progress"

    def made(self, of: str) -> Iterator[nodes.Node]:
        """Make a table for each part, and leave the right answers to the script."""
        asked = {
            page: {"exercise": exercise(page), "questions": questions}
            for page in in_order(self.env)
            if (questions := self.env.metadata[page].get("questions"))
        }
        for caption, pages in self.parts():
            rows = [self.row(page) for page in pages if page in asked]
            if rows:
                yield nodes.rubric("", caption, classes=["progress-part"])
                made = table(HEAD, rows)
                made["classes"] = ["progress-table"]
                yield made
        right = f'<script type="application/json" id="questions">{json.dumps(asked)}'
        yield nodes.raw("", f"{right}</script>", format="html")

    def parts(self) -> Iterator[tuple[str, list[str]]]:
        """List the book's parts, each with its pages."""
        root = self.env.get_doctree(self.env.config.root_doc)
        for part in root.findall(addnodes.toctree):
            yield part.get("caption") or "", [page for _, page in part["entries"]]

    def row(self, page: str) -> list[nodes.paragraph]:
        """Name one page, and leave the rest of its row empty."""
        link = self.link(self.env.titles[page].astext(), page)
        blanks = [nodes.paragraph() for _ in HEAD[1:]]
        return [nodes.paragraph("", "", link), *blanks]


def mark(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Give every page what marks the pages read, and this one what fills its tables."""
    add_script(app, "reading")
    if app.env.metadata.get(page, {}).get("place") == FillProgress.kind:
        add_script(app, "progress")


def setup(app: Sphinx) -> dict:
    """Register the directive, what fills it, the scripts and the stylesheet."""
    app.setup_extension("chapters")
    app.add_directive("progress", LeavePlace)
    app.add_post_transform(FillProgress)
    # Jupyter Book adds every stylesheet by itself, at this priority: equal entries are kept once.
    app.add_css_file("progress.css", priority=800)
    app.connect("html-page-context", mark)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
