"""Cards: pages shown by their opening picture, their question and what there is to do on them.

    :::{chapters}
    :::

on a part's page lists the chapters of its topic, and ``{parts}`` on the first page lists the parts.
What a card says stands on the page it leads to: the title, the first paragraph, the first picture.
A part's page names its topic at its head, and the chapter whose picture stands for it::

    ---
    topic: nn
    picture: nn/convolution
    ---

``{picture} nn/convolution`` shows the opening picture of a chapter, and ``{extent}`` says how much
the book holds. Everything that is counted is counted here, so no page can be out of date.
"""

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from chapters import FillPlaces, LeavePlace, in_order
from docutils import nodes
from places import files
from playable import playable
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment


def chapters_of(env: BuildEnvironment, topic: str) -> list[str]:
    """List the chapters of a topic in the order of the book."""
    return [page for page in in_order(env) if page.startswith(f"{topic}/")]


def parts_of(env: BuildEnvironment) -> list[str]:
    """List the pages that introduce a part."""
    return [page for page in in_order(env) if "topic" in env.metadata[page]]


def opening(document: nodes.document) -> nodes.paragraph:
    """Find the paragraph that a page opens with: its question."""
    title = document.next_node(nodes.title)
    paragraphs = title.parent.findall(nodes.paragraph)
    return next(each for each in paragraphs if each.parent is title.parent)


@cache
def tasks(exercise: Path) -> int:
    """Count the cells of an exercise that give points."""
    cells = json.loads(exercise.read_text(encoding="utf-8"))["cells"]
    return sum(c["metadata"].get("nbgrader", {}).get("grade", False) for c in cells)


def count(number: int, what: str) -> str:
    """Say a number of things: "1 task", "2 tasks"."""
    return f"{number} {what}{'' if number == 1 else 's'}"


def live(env: BuildEnvironment, page: str) -> int:
    """Count the playable figures of a chapter."""
    return sum("figure" in node for node in env.get_doctree(page).findall(playable))


def extent(env: BuildEnvironment, pages: list[str]) -> str:
    """Say how many figures, exercises and tasks some chapters have between them."""
    exercises = {path for page in pages for path in files(page)["Exercise"]}
    said = (
        count(len(pages), "chapter"),
        count(len(exercises), "exercise"),
        count(sum(map(tasks, exercises)), "task"),
        count(sum(live(env, page) for page in pages), "playable figure"),
    )
    return " · ".join(each for each in said if not each.startswith("0 "))


class FillCards(FillPlaces):
    """Make cards from the pages they lead to."""

    def picture(self, page: str) -> nodes.image:
        """Copy the first picture of a chapter, with what it says to who cannot see it."""
        image = self.env.get_doctree(page).next_node(nodes.image)
        return nodes.image(
            "", uri=image["uri"], alt=image["alt"], candidates={"*": image["uri"]}
        )

    def card(self, page: str, picture: str, says: str) -> nodes.container:
        """Make one card."""
        title = self.link(self.env.titles[page].astext(), page)
        question = opening(self.env.get_doctree(page)).astext()
        return nodes.container(
            "",
            self.picture(picture),
            nodes.paragraph("", "", title, classes=["card-name"]),
            nodes.paragraph("", question),
            nodes.paragraph("", says, classes=["card-extent"]),
            classes=["book-card"],
        )


class FillChapters(FillCards):
    """List the chapters of a part."""

    kind = "chapters"

    def made(self, of: str) -> Iterator[nodes.Node]:
        """Make one card for each chapter of the page's topic."""
        pages = chapters_of(self.env, self.env.metadata[self.env.docname]["topic"])
        cards = [self.card(page, page, self.holds(page)) for page in pages]
        yield nodes.container("", *cards, classes=["book-cards", "book-chapters"])

    def holds(self, page: str) -> str:
        """Name a chapter's exercise, which may be its neighbour's, and its live figures."""
        [exercise] = files(page)["Exercise"]
        said = f"exercise {exercise.stem}, {count(tasks(exercise), 'task')}"
        figures = live(self.env, page)
        return said + (f" · {count(figures, 'playable figure')}" if figures else "")


class FillParts(FillCards):
    """List the parts of the book."""

    kind = "parts"

    def made(self, of: str) -> Iterator[nodes.Node]:
        """Make one card for each part."""
        cards = [self.part(page) for page in parts_of(self.env)]
        yield nodes.container("", *cards, classes=["book-cards", "book-parts"])

    def part(self, page: str) -> nodes.container:
        """Make the card of one part."""
        facts = self.env.metadata[page]
        pages = chapters_of(self.env, facts["topic"])
        return self.card(page, facts["picture"], extent(self.env, pages))


class FillPicture(FillCards):
    """Show a chapter's opening picture."""

    kind = "picture"

    def made(self, of: str) -> Iterator[nodes.Node]:
        """Make a link of the picture."""
        link = self.link("", of)
        link += self.picture(of)
        yield nodes.container("", link, classes=["book-picture"])


class FillExtent(FillPlaces):
    """Say how much the book holds."""

    kind = "extent"

    def made(self, of: str) -> Iterator[nodes.Node]:
        """Make one line."""
        topics = [self.env.metadata[page]["topic"] for page in parts_of(self.env)]
        pages = [page for topic in topics for page in chapters_of(self.env, topic)]
        yield nodes.paragraph("", extent(self.env, pages), classes=["book-extent"])


def setup(app: Sphinx) -> dict:
    """Register the directives and what fills them."""
    app.setup_extension("chapters")
    for fill in (FillChapters, FillParts, FillPicture, FillExtent):
        app.add_directive(fill.kind, LeavePlace)
        app.add_post_transform(fill)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
