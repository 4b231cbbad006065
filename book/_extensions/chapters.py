"""Chapters: pages that show something of all chapters, once every one of them is read.

A directive leaves a place, and a transform of the same kind fills it while its page is written.
Such a page is written anew whenever any chapter is.
"""

from collections.abc import Iterator

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.docutils import SphinxDirective


def in_order(env: BuildEnvironment) -> Iterator[str]:
    """List the pages as the contents name them, from the first to the last."""
    yield from _below(env, env.config.root_doc)


def _below(env: BuildEnvironment, page: str) -> Iterator[str]:
    yield page
    for child in env.toctree_includes.get(page, []):
        yield from _below(env, child)


class Place(nodes.General, nodes.Element):
    """Where something of all chapters goes."""


class LeavePlace(SphinxDirective):
    """Leave a place under the directive's own name."""

    optional_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Make the place, and note that this page has one."""
        self.env.metadata[self.env.docname]["place"] = self.name
        return [Place(kind=self.name, of="".join(self.arguments))]


class FillPlaces(SphinxPostTransform):
    """Fill the places of one kind, before outputs are chosen and references resolved."""

    default_priority = 3
    kind = ""

    def run(self, **kwargs: object) -> None:
        """Put what was made where the directive stood."""
        for place in list(self.document.findall(Place)):
            if place["kind"] == self.kind:
                place.replace_self(list(self.made(place["of"])))

    def made(self, of: str) -> Iterator[nodes.Node]:
        """Make what a place shows, given the directive's argument."""
        raise NotImplementedError

    def link(self, text: str, page: str, anchor: str = "") -> nodes.reference:
        """Link a place in a chapter."""
        uri = self.app.builder.get_relative_uri(self.env.docname, page)
        uri += f"#{anchor}" if anchor else ""
        return nodes.reference("", text, refuri=uri, internal=True)


def table(head: tuple[str, ...], rows: list[list[nodes.paragraph]]) -> nodes.table:
    """Make a table of paragraphs under a line of headings."""
    group = nodes.tgroup("", cols=len(head))
    group += [nodes.colspec(colwidth=1) for _ in head]
    heading = [nodes.entry("", nodes.paragraph(text=text)) for text in head]
    group += nodes.thead("", nodes.row("", *heading))
    body = [nodes.row("", *(nodes.entry("", cell) for cell in row)) for row in rows]
    group += nodes.tbody("", *body)
    return nodes.table("", group)


def pages_with_places(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """Name the pages that must be written again whenever a chapter is."""
    return [page for page, facts in env.metadata.items() if "place" in facts]


def setup(app: Sphinx) -> dict:
    """Register the place."""
    app.add_node(Place)
    app.connect("env-updated", pages_with_places)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
