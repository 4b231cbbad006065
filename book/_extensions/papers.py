"""Papers: the works that the heads of the package's files name, found in the bibliography.

A head says ``Paper:  Lin, Chen & Yan 2014, "Network in network"``. The title and the year find the
entry; where a head repeats a paper without its title, the first author and the year do.
"""

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from chapters import FillPlaces, Place
from docutils import nodes
from places import ROOT
from pybtex.database import BibliographyData, Entry, parse_file
from sphinx.application import Sphinx
from sphinx.util.docutils import ReferenceRole

NAMED = re.compile(r'([^;"]*?)\s((?:1[89]|20)\d\d)\b(?:, "([^"]+)")?')


class Paper(NamedTuple):
    """A work as a head names it; the title is empty where the head leaves it out."""

    authors: str
    year: str
    title: str


@cache
def bibliography() -> BibliographyData:
    """Read the entries of the book."""
    return parse_file(ROOT / "book" / "references.bib", bib_format="bibtex")


def letters(text: str) -> str:
    """Keep what two spellings of a title have in common."""
    return re.sub(r"[^a-z0-9]", "", text.casefold())


def key(paper: Paper) -> str | None:
    """Find the entry of a paper."""
    test = same_title if paper.title else same_author
    found = (
        key
        for key, entry in bibliography().entries.items()
        if entry.fields["year"] == paper.year and test(paper, entry)
    )
    return next(found, None)


def same_title(paper: Paper, entry: Entry) -> bool:
    """Compare titles; a head may leave out a subtitle."""
    ours, theirs = letters(paper.title), letters(entry.fields["title"])
    return theirs.startswith(ours) or ours.startswith(theirs)


def same_author(paper: Paper, entry: Entry) -> bool:
    """Compare the names of the first authors."""
    first = re.split(r",| & | et al", paper.authors)[0]
    return letters(first.split()[-1]) == letters(
        entry.persons["author"][0].last_names[-1]
    )


def papers(line: str) -> Iterator[Paper]:
    """Read the papers that a line of a head names."""
    for found in NAMED.finditer(line):
        yield Paper(found[1].strip(), found[2], found[3] or "")


def cited(line: str) -> str:
    """Make a link of the authors and the year of each paper that has an entry."""
    return NAMED.sub(_link, line)


def _link(found: re.Match) -> str:
    authors, year, title = found[1].strip(), found[2], found[3] or ""
    entry = key(Paper(authors, year, title))
    if entry is None:
        return found[0]
    space = " " if found[1].startswith(" ") else ""
    link = f"{space}:paper:`{authors} {year} <{entry}>`"
    return link + (f', "{title}"' if title else "")


class PaperRole(ReferenceRole):
    """Leave a place for a link; a citation of sphinxcontrib-bibtex takes a tenth of a second."""

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Note the entry and the words of the link."""
        self.env.metadata[self.env.docname]["place"] = self.name
        return [Place(kind=self.name, of=f"{self.target}:{self.title}")], []


class FillPapers(FillPlaces):
    """Link papers to their entries."""

    kind = "paper"

    def made(self, of: str) -> Iterator[nodes.Node]:
        """Make a link, once it is known where the bibliography stands."""
        entry, _, words = of.partition(":")
        for each in self.env.get_domain("cite").citations:
            if each.key == entry:
                page = each.bibliography_key.docname
                yield self.link(words, page, each.citation_id)


def setup(app: Sphinx) -> dict:
    """Register the role and what makes links of it."""
    app.setup_extension("chapters")
    app.setup_extension("sphinxcontrib.bibtex")
    app.add_role("paper", PaperRole())
    app.add_post_transform(FillPapers)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
