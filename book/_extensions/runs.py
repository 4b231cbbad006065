"""Runs: how long each page took to run when the book was built.

:::{runs}
:::
"""

from collections.abc import Iterator

from chapters import FillPlaces, LeavePlace, in_order, table
from docutils import nodes
from sphinx.application import Sphinx


class FillRuns(FillPlaces):
    """Make the table."""

    kind = "runs"

    def made(self, of: str) -> Iterator[nodes.Node]:
        """Make one row for each page that runs, in the order of the book."""
        ran = {
            page: execution["runtime"]
            for page in in_order(self.env)
            if (execution := self.env.nb_metadata.get(page, {}).get("exec_data"))
        }
        rows = [self.row(page, seconds or 0.0) for page, seconds in ran.items()]
        yield table(("Page", "Seconds"), rows)

    def row(self, page: str, seconds: float) -> list[nodes.paragraph]:
        """Name one page."""
        title = self.env.titles[page].astext()
        return [
            nodes.paragraph("", "", self.link(title, page)),
            nodes.paragraph(text=f"{seconds:.1f}"),
        ]


def setup(app: Sphinx) -> dict:
    """Register the directive and what fills it."""
    app.setup_extension("chapters")
    app.add_directive("runs", LeavePlace)
    app.add_post_transform(FillRuns)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
