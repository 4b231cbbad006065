"""Errata: every place where the notes err, with its check, gathered from the chapters on one page.

    :::{errata}
    :::

A chapter says what is wrong in an admonition of class ``errata``, and the cell after it proves it.
The page of errata shows both again, as they stand there, so the two cannot drift apart.
"""

from collections.abc import Iterator

from chapters import FillPlaces, LeavePlace, in_order
from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx


def errata_of(document: nodes.document) -> list[nodes.admonition]:
    """Find a chapter's errata in the order in which they stand."""
    found = document.findall(nodes.admonition)
    return [node for node in found if "errata" in node["classes"]]


def number(app: Sphinx, document: nodes.document) -> None:
    """Give each of a chapter's errata a name that a link can lead to."""
    for n, node in enumerate(errata_of(document), 1):
        node["ids"].append(f"errata-{n}")


def is_cell(node: nodes.Node | None) -> bool:
    """Tell whether a node is a code cell and what it printed."""
    return isinstance(node, nodes.container) and node.get("nb_element") == "cell_code"


def title_of(node: nodes.Node) -> str:
    """Read the title of the section that a node stands in."""
    while not isinstance(node, nodes.section):
        node = node.parent
    return node.next_node(nodes.title).astext()


class FillErrata(FillPlaces):
    """Copy the errata of all chapters, in the order of the book."""

    kind = "errata"

    def made(self, of: str) -> Iterator[nodes.Node]:
        """Make one section for each chapter that has errata."""
        # Sphinx loads what draws formulas only on pages whose own text has some.
        math = self.env.get_domain("math")
        math.data["has_equations"][self.env.docname] = True
        for page in in_order(self.env):
            errata = errata_of(self.env.get_doctree(page))
            if errata:
                title = nodes.title("", self.env.titles[page].astext())
                copies = [copy for node in errata for copy in self.copied(page, node)]
                name = nodes.make_id(f"errata-{page}")
                yield nodes.section("", title, *copies, ids=[name])

    def copied(self, page: str, node: nodes.admonition) -> Iterator[nodes.Node]:
        """Copy an erratum, and the cell after it, under a link to where they stand."""
        erratum = self.anew(node)
        link = self.link(title_of(node), page, node["ids"][-1])
        erratum[0] = nodes.title("", "", link)
        yield erratum
        after = node.next_node(descend=False, siblings=True)
        if is_cell(after):
            yield self.anew(after)

    def anew(self, node: nodes.Element) -> nodes.Element:
        """Copy a node without its names, its references seen from this page."""
        copy = node.deepcopy()
        for each in copy.findall(nodes.Element):
            each["ids"] = []
        for reference in copy.findall(pending_xref):
            reference["refdoc"] = self.env.docname
        return copy


def setup(app: Sphinx) -> dict:
    """Register the directive and what fills it."""
    app.setup_extension("chapters")
    app.add_directive("errata", LeavePlace)
    app.add_post_transform(FillErrata)
    app.connect("doctree-read", number)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
