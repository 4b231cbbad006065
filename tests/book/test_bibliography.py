"""Bibliography: every work that the book or the package names, each with a way to find it."""

import ast
import re
from collections import Counter
from pathlib import Path

import pytest
from docstrings import heads
from papers import Paper, bibliography, cited, key, letters, papers

ROOT = Path(__file__).parents[2]
ENTRIES = bibliography().entries

WITHOUT = {
    "prewitt1970object": "a chapter of a book older than ISBNs were common",
    "sobel1968isotropic": "a talk that was never printed",
    "erhan2009visualizing": "a technical report without an address that lasts",
    "beale1958iterative": "a technical report on paper",
    "mansfield2002best": "a technical report on paper",
}
"""Works that have neither DOI, arXiv id, ISBN nor address, and why."""

SYNTAX = {
    "doi": r"10\.\d{4,9}/\S+",
    "eprint": r"\d\d(0[1-9]|1[0-2])\.\d{4,5}|[a-z-]+/\d{7}",
    "url": r"https?://[^\s{}]+",
}


def named_in_heads() -> list[Paper]:
    """Papers of the heads of the package's files, those with a title."""
    found = set()
    for path in (ROOT / "dlcourse").rglob("*.py"):
        text = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
        found |= set(papers(heads(text).get("Paper", "")))
    return sorted(paper for paper in found if paper.title)


def cited_on_pages() -> set[str]:
    cite = re.compile(r"\{cite(?::\w+)?\}`([^`]+)`")
    pages = (path.read_text("utf-8") for path in (ROOT / "book").rglob("*.md"))
    groups = (group for page in pages for group in cite.findall(page))
    return {each.strip() for group in groups for each in group.split(",")}


def is_isbn(text: str) -> bool:
    """Check the last digit against the others."""
    digits = [10 if d == "X" else int(d) for d in text.replace("-", "")]
    if len(digits) == 10:
        return sum(d * (10 - n) for n, d in enumerate(digits)) % 11 == 0
    return (
        len(digits) == 13
        and sum(d * (1, 3)[n % 2] for n, d in enumerate(digits)) % 10 == 0
    )


def test_every_entry_can_be_found():
    ways = {"doi", "eprint", "isbn", "url"}
    lost = {name for name, entry in ENTRIES.items() if not ways & set(entry.fields)}
    assert lost == set(WITHOUT)


@pytest.mark.parametrize("field", SYNTAX)
def test_ids_are_well_formed(field):
    values = [entry.fields.get(field, "") for entry in ENTRIES.values()]
    found = [value for value in values if value]
    assert len(found) > 20
    assert not [each for each in found if not re.fullmatch(SYNTAX[field], each)]


def test_isbns_are_whole():
    found = [isbn for e in ENTRIES.values() if (isbn := e.fields.get("isbn"))]
    assert found
    assert not [isbn for isbn in found if not is_isbn(isbn)]
    assert not is_isbn("978-1-60558-907-8")


def test_a_preprint_is_of_about_the_year_of_its_paper():
    """A digit that went wrong mostly shows here."""
    odd = {}
    for name, entry in ENTRIES.items():
        year = re.match(r"(?:[a-z-]+/)?(\d\d)", entry.fields.get("eprint", ""))
        if year and not -1 <= int(entry.fields["year"]) - 2000 - int(year[1]) <= 3:
            odd[name] = entry.fields["eprint"]
    assert not odd


@pytest.mark.parametrize("field", ["title", "doi", "eprint"])
def test_no_work_stands_twice(field):
    """A paper and its later version in a journal share a title; their years differ."""
    values = Counter(
        (letters(e.fields[field]), e.fields["year"])
        for e in ENTRIES.values()
        if field in e.fields
    )
    assert not [value for value, times in values.items() if times > 1]


def test_every_paper_of_the_package_is_in_the_bibliography():
    found = named_in_heads()
    assert len(found) > 150
    assert not [paper for paper in found if key(paper) is None]


def test_every_entry_is_cited_and_every_citation_has_its_entry():
    pages = cited_on_pages()
    heads_ = {key(paper) for paper in named_in_heads()}
    assert not pages - set(ENTRIES)
    assert not set(ENTRIES) - pages - heads_


def test_a_paper_is_found_by_title_or_by_first_author():
    assert (
        key(Paper("Lin, Chen & Yan", "2014", "Network in network")) == "lin2014network"
    )
    assert key(Paper("Long, Shelhamer & Darrell", "2015", "")) == "long2015fully"
    assert key(Paper("Long", "1915", "")) is None


def test_authors_and_year_become_a_link():
    line = 'Lin, Chen & Yan 2014, "Network in network"; nobody 1999, "Nothing"'
    link = ":paper:`Lin, Chen & Yan 2014 <lin2014network>`"
    assert cited(line) == f'{link}, "Network in network"; nobody 1999, "Nothing"'
