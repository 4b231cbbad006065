"""PDF: a chapter and a page that it cites, printed and joined as the whole book is."""

import re

import pytest
from pypdf import PdfReader

from book import pdf
from tests.test_layout import CHAPTERS, contents

pytestmark = pytest.mark.browser

A4 = (595, 842)
PARTS = [("", ["bibliography"]), ("Layers", ["nn/pooling"])]


@pytest.fixture(scope="module")
def book(browser, tmp_path_factory) -> PdfReader:
    path = tmp_path_factory.mktemp("pdf") / "book.pdf"
    pdf.print_book(browser, pdf.BUILT, PARTS).write(path)
    return PdfReader(path)


def first_of(book: PdfReader, title: str) -> int:
    """Number of the sheet that a bookmark leads to."""
    marks = [
        *book.outline,
        *(m for part in book.outline if isinstance(part, list) for m in part),
    ]
    [mark] = [m for m in marks if not isinstance(m, list) and m.title == title]
    return book.get_destination_page_number(mark)


def test_every_sheet_is_a4(book):
    sizes = {(round(s.mediabox.width), round(s.mediabox.height)) for s in book.pages}
    assert sizes == {A4}


def test_text_can_be_read_and_buttons_are_gone(book):
    text = "\n".join(sheet.extract_text() for sheet in book.pages)
    assert "How much of a picture can be thrown away before the cat is gone?" in text
    assert "def pool(" in text
    assert "Show the code" not in text


def test_bookmarks_go_from_part_to_section(book):
    titles = [m.title for m in book.outline if not isinstance(m, list)]
    assert titles == ["Bibliography", "Layers"]
    [chapter, sections] = book.outline[-1]
    assert chapter.title == "Pooling"
    assert [m.title for m in sections][-2:] == ["Exercise", "Further reading"]
    places = [book.get_destination_page_number(m) for m in sections]
    assert places == sorted(places)
    assert places[-1] > places[0]


def test_sheets_are_numbered_behind_the_contents(book):
    begin = first_of(book, "Bibliography")
    assert book.page_labels[: begin + 2] == ["i", "ii", "1", "2"]
    last = book.pages[-1].extract_text()
    assert str(len(book.pages) - begin) in last.split()
    assert f"Pooling {first_of(book, 'Pooling') - begin + 1}" in re.sub(
        r"\s+", " ", book.pages[1].extract_text()
    )


def test_a_citation_leads_to_the_sheet_of_its_work(book):
    bibliography = range(first_of(book, "Bibliography"), first_of(book, "Pooling"))
    linked = {
        link["/Dest"][0].idnum
        for sheet in book.pages[bibliography.stop :]
        for link in annotations(sheet)
        if "/Dest" in link
    }
    numbers = [book.pages[n].indirect_reference.idnum for n in bibliography]
    sheets = [
        n for n, number in zip(bibliography, numbers, strict=True) if number in linked
    ]
    cited = "".join(book.pages[n].extract_text() for n in sheets)
    assert "A theoretical analysis of feature pooling" in " ".join(cited.split())


def annotations(sheet) -> list:
    return [link.get_object() for link in sheet.get("/Annots", [])]


def test_no_link_leads_to_a_file_of_this_machine(book):
    addresses = [
        link["/A"]["/URI"]
        for sheet in book.pages
        for link in annotations(sheet)
        if "/A" in link
    ]
    assert len(addresses) > 50
    assert not [address for address in addresses if not address.startswith("http")]


def test_on_paper_no_line_of_code_is_cut_and_figures_are_still(open_page):
    tab = open_page(
        pdf.BUILT / "nn" / "pooling.html", viewport={"width": 643, "height": 900}
    )
    tab.wait_for_selector(".playable-live")
    tab.emulate_media(media="print", color_scheme="light")
    cut = "[...document.querySelectorAll('article pre')].filter(p => p.scrollWidth > p.clientWidth)"
    assert tab.evaluate(f"{cut}.map(pre => pre.textContent)") == []
    assert tab.is_visible(".playable-still")
    assert not tab.is_visible(".playable-live")
    assert not tab.is_visible(".bd-sidebar-primary")


def test_the_contents_hold_every_page_but_those_left_out():
    pages = [
        page
        for _, part in pdf.contents(pdf.ROOT / "book" / "_toc.yml")
        for page in part
    ]
    assert pages == [page for page in contents() if page not in pdf.LEFT_OUT]
    assert set(CHAPTERS) <= set(pages)
