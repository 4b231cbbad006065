"""Notes: where each section of the notes that the course mirrors is treated.

    :::{notes} 000
    :::

The rows stand in ``notes-map.csv``: file of the notes, section, page, and the anchor of a section
on it. A row whose page is not written yet says so. An anchor that leads nowhere is a Sphinx
warning, so a heading that changes its name takes the map with it.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from chapters import FillPlaces, LeavePlace, table
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)

MAP = Path(__file__).parents[1] / "notes-map.csv"


class Row(NamedTuple):
    """A section of the notes, and where the course treats it."""

    notes: str
    section: str
    page: str
    anchor: str


def rows() -> list[Row]:
    """Read the map."""
    with MAP.open(encoding="utf-8", newline="") as file:
        return [Row(**row) for row in csv.DictReader(file)]


class LeaveNotes(LeavePlace):
    """Leave a place for the sections of one file of the notes."""

    def run(self) -> list[nodes.Node]:
        """Make the place; the page depends on the map."""
        self.env.note_dependency(str(MAP))
        return super().run()


class FillNotes(FillPlaces):
    """Make the tables."""

    kind = "notes"

    def made(self, of: str) -> Iterator[nodes.Node]:
        """Make one row for each section of a file."""
        own = [row for row in rows() if row.notes == of]
        cells = [[nodes.paragraph(text=row.section), self.treated(row)] for row in own]
        yield table(("Section", "Treated in"), cells)

    def treated(self, row: Row) -> nodes.paragraph:
        """Link the section of a page that treats a section of the notes."""
        if not row.page:
            return nodes.paragraph(text="no subject of its own")
        if row.page not in self.env.found_docs:
            return nodes.paragraph(text="to come")
        title = self.env.titles[row.page].astext()
        text = f"{title}: {self.heading(row)}" if row.anchor else title
        return nodes.paragraph("", "", self.link(text, row.page, row.anchor))

    def heading(self, row: Row) -> str:
        """Read the heading that a row leads to."""
        for section in self.env.get_doctree(row.page).findall(nodes.section):
            if row.anchor in section["ids"]:
                return section.next_node(nodes.title).astext()
        logger.warning(
            'notes: %s has no section "%s", which "%s %s" leads to',
            row.page,
            row.anchor,
            row.notes,
            row.section,
            location=self.env.docname,
            type="dlcourse",
            subtype="notes",
        )
        return row.anchor


def setup(app: Sphinx) -> dict:
    """Register the directive and what fills it."""
    app.setup_extension("chapters")
    app.add_directive("notes", LeaveNotes)
    app.add_post_transform(FillNotes)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
