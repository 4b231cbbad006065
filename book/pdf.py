"""PDF: the whole built book as one file, printed by a headless Chromium. Run by: make pdf.

Each page is printed by itself, and the sheets are joined behind a table of contents. A link between
pages, which Chromium writes as the address of a file, becomes one within the PDF; a link to a file
beside the book is dropped.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from html import escape
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urldefrag

import yaml
from playwright.sync_api import Browser, Page, sync_playwright
from pypdf import PageObject, PdfReader, PdfWriter
from pypdf.annotations import Link
from pypdf.generic import Fit, IndirectObject

from tests.book.chromium import CHROMIUM, QUIET

ROOT = Path(__file__).parents[1]
BUILT = ROOT / "_build" / "html"

LEFT_OUT = {"progress"}  # nothing without a browser

SHEET = """
@page {{
  size: A4;
  margin: 18mm 20mm 20mm;
  @top-right {{ content: {title}; font: 8pt sans-serif; color: #555; }}
  @bottom-center {{ content: {number}; font: 8pt sans-serif; color: #555; }}
}}
html {{ counter-reset: page {before}; }}
"""

# Chromium notes where an element lies only if something on the same page links it. Links that no
# reader can see have it note every element that has a name.
PREPARE = """async () => {
  await window.MathJax?.startup?.promise;
  await Promise.all([...document.images].map((image) => image.decode().catch(() => 0)));
  const article = document.querySelector("article");
  const seen = (heading) => {
    const copy = heading.cloneNode(true);
    copy.querySelectorAll(".headerlink, mjx-assistive-mml").forEach((each) => each.remove());
    return copy.textContent.trim();
  };
  const sections = [...article.querySelectorAll("section > h2")].map(
    (heading) => [heading.parentElement.id, seen(heading)],
  );
  const links = document.createElement("div");
  links.style = "position: absolute; top: 0; left: 0; font-size: 1px; color: transparent";
  for (const { id } of article.querySelectorAll("[id]")) {
    const link = links.appendChild(document.createElement("a"));
    link.href = `#${id}`;
    link.style.textDecoration = "none";
    link.textContent = ".";
  }
  article.prepend(links);
  return [seen(article.querySelector("h1")), sections];
}"""

UNSEEN = 2.0  # links of fewer points in height are those of PREPARE

FRONT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>{title}</title><style>
  body {{ font: 10pt/1.5 sans-serif; }}
  header {{ height: 240mm; display: flex; flex-direction: column; justify-content: center; }}
  header h1 {{ margin: 0; font-size: 34pt; }}
  header p {{ max-width: 120mm; font-size: 13pt; }}
  header p:last-child {{ margin-top: 30mm; color: #555; font-size: 10pt; }}
  h2 {{ break-before: page; font-size: 20pt; }}
  h3 {{ margin: 1em 0 0.2em; font-size: 11pt; break-after: avoid; }}
  a {{ display: flex; gap: 1em; color: inherit; text-decoration: none; break-inside: avoid; }}
  a i {{ flex: 1; border-bottom: 1px dotted #999; margin-bottom: 0.4em; }}
</style><header><h1>{title}</h1><p>{about}</p><p>{date}</p></header>
<main><h2>Contents</h2>{parts}</main></html>"""


class Target(NamedTuple):
    """A place in the PDF: the number of a sheet, and points from its left and lower edge."""

    sheet: int
    left: float
    top: float


class Anchored(NamedTuple):
    """A link on a sheet: where it lies, and the address or the anchor that it leads to."""

    sheet: int
    rectangle: tuple[float, ...]
    address: str


class Chapter(NamedTuple):
    """A printed page of the book."""

    url: str
    title: str
    sections: list[list[str]]
    sheets: list[PageObject]
    anchors: dict[str, Target]
    links: list[Anchored]


def contents(toc: Path) -> Iterator[tuple[str, list[str]]]:
    """List the parts of a book, each with its pages in order; the first has no name."""
    table = yaml.safe_load(toc.read_text("utf-8"))
    yield "", [table["root"]]
    for part in table["parts"]:
        pages = [page["file"] for page in part["chapters"]]
        yield part["caption"], [page for page in pages if page not in LEFT_OUT]


def print_tab(tab: Page, title: str, before: int | None) -> PdfReader:
    """Print what a tab shows, its first sheet numbered after those before; ``None``: unnumbered."""
    sheet = {"title": '""', "number": '""', "before": 0}
    if before is not None:
        sheet = {
            "title": json.dumps(title),
            "number": "counter(page)",
            "before": before,
        }
    tab.add_style_tag(content=SHEET.format(**sheet))
    printed = tab.pdf(prefer_css_page_size=True, print_background=True)
    return PdfReader(BytesIO(printed))


def print_chapter(tab: Page, path: Path, before: int) -> Chapter:
    """Print one page of the book."""
    tab.goto(path.as_uri())
    title, sections = tab.evaluate(PREPARE)
    return chapter(path.as_uri(), title, sections, print_tab(tab, title, before))


def chapter(url: str, title: str, sections: list, printed: PdfReader) -> Chapter:
    """Take a printed page apart: its sheets, their links, and where its names lie."""
    anchors = {
        name.removeprefix("/"): Target(
            printed.get_destination_page_number(place),
            float(place["/Left"]),
            float(place["/Top"]),
        )
        for name, place in printed.named_destinations.items()
    }
    links = [link for n, sheet in enumerate(printed.pages) for link in taken(n, sheet)]
    return Chapter(url, title, sections, list(printed.pages), anchors, links)


def taken(number: int, sheet: PageObject) -> Iterator[Anchored]:
    """Take the links off a sheet."""
    for each in sheet.pop("/Annots", []):
        link = each.get_object()
        rectangle = tuple(map(float, link["/Rect"]))
        if abs(rectangle[3] - rectangle[1]) < UNSEEN:
            continue
        if "/Dest" in link:
            yield Anchored(number, rectangle, f"#{link['/Dest'].removeprefix('/')}")
        elif "/A" in link and "/URI" in link["/A"]:
            yield Anchored(number, rectangle, link["/A"]["/URI"])


def print_front(browser: Browser, parts: list[tuple[str, list[Chapter]]]) -> Chapter:
    """Print the title and the table of contents."""
    settings = yaml.safe_load((ROOT / "_config.yml").read_text(encoding="utf-8"))
    page = FRONT.format(
        title=escape(settings["title"]),
        about="Convolutional networks and computer vision, from the definition to the grade.",
        date=f"{escape(settings['author'])}, {datetime.now(UTC):%d %B %Y}",
        parts="\n".join(lines_of_contents(parts)),
    )
    tab = browser.new_page()
    tab.set_content(page)
    return chapter("", settings["title"], [], print_tab(tab, "", None))


def lines_of_contents(parts: list[tuple[str, list[Chapter]]]) -> Iterator[str]:
    """Write one line for each part and each chapter, with the number of its sheet."""
    number = 1
    for name, chapters in parts:
        yield f"<h3>{escape(name)}</h3>"
        for each in chapters:
            title = f"<span>{escape(each.title)}</span><i></i>{number}"
            yield f'<a href="{each.url}">{title}</a>'
            number += len(each.sheets)


def print_book(
    browser: Browser, built: Path, parts: list[tuple[str, list[str]]]
) -> PdfWriter:
    """Print all pages and join them behind their table of contents."""
    tab = browser.new_page(color_scheme="light")
    printed, sheets = [], 0
    for name, pages in parts:
        chapters = []
        for page in pages:
            chapters.append(print_chapter(tab, built / f"{page}.html", sheets))
            sheets += len(chapters[-1].sheets)
        printed.append((name, chapters))
    return Volume(print_front(browser, printed), printed).writer


class Volume:
    """The sheets of all chapters joined, with links and bookmarks that lead to them."""

    def __init__(self, front: Chapter, parts: list[tuple[str, list[Chapter]]]) -> None:
        self.writer = PdfWriter()
        self.chapters = {"": front}
        self.chapters |= {each.url: each for _, part in parts for each in part}
        self.first: dict[str, int] = {}
        for url, each in self.chapters.items():
            self.first[url] = len(self.writer.pages)
            for sheet in each.sheets:
                self.writer.add_page(sheet)
        for each in self.chapters.values():
            for link in each.links:
                self.put(each, link)
        for name, part in parts:
            self.mark(name, part)
        self.label(len(front.sheets), front.title)
        self.writer.compress_identical_objects()  # pictures that several pages show

    def place(self, url: str, anchor: str) -> Target | None:
        """Find the sheet that an address within the book leads to."""
        if url not in self.chapters:
            return None
        there = self.chapters[url]
        above = Target(0, 0.0, float(there.sheets[0].mediabox.top))
        target = there.anchors.get(unquote(anchor), above)
        return target._replace(sheet=target.sheet + self.first[url])

    def put(self, chapter: Chapter, link: Anchored) -> None:
        """Put a link on its sheet again, unless it leads to a file beside the book."""
        url, anchor = urldefrag(link.address)
        target = self.place(url or chapter.url, anchor)
        settings = {"rect": link.rectangle, "border": [0, 0, 0]}
        if target is not None:
            fit = Fit.xyz(target.left, target.top, 0)
            made = Link(**settings, target_page_index=target.sheet, fit=fit)
        elif url.startswith("http"):
            made = Link(**settings, url=link.address)
        else:
            return
        self.writer.add_annotation(self.first[chapter.url] + link.sheet, made)

    def mark(self, name: str, part: list[Chapter]) -> None:
        """Make the bookmarks of a part: its chapters and their sections."""
        above = None
        if name:
            above = self.bookmark(name, self.place(part[0].url, ""))
        for each in part:
            title = self.bookmark(each.title, self.place(each.url, ""), above)
            for anchor, section in each.sections:
                self.bookmark(section, self.place(each.url, anchor), title)

    def bookmark(
        self, title: str, target: Target, above: IndirectObject | None = None
    ) -> IndirectObject:
        """Make one bookmark, folded, below another if one is given."""
        return self.writer.add_outline_item(
            title=title,
            page_number=target.sheet,
            parent=above,
            fit=Fit.xyz(target.left, target.top, 0),
            is_open=False,
        )

    def label(self, front: int, title: str) -> None:
        """Number the sheets as they are printed: those in front by Roman numerals."""
        self.writer.set_page_label(0, front - 1, style="/r")
        self.writer.set_page_label(
            front, len(self.writer.pages) - 1, style="/D", start=1
        )
        self.writer.add_metadata({"/Title": title})
        self.writer.page_mode = "/UseOutlines"


def main() -> None:
    """Print the built book as one PDF."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("file", type=Path, help="the PDF to write")
    file = parser.parse_args().file
    if CHROMIUM is None:
        sys.exit("no Chromium: install it, or name its path in DLCOURSE_CHROMIUM")
    parts = list(contents(ROOT / "book" / "_toc.yml"))
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        print_book(browser, BUILT, parts).write(file)
        browser.close()
    print(f"The book is printed: open {file.resolve()}")


if __name__ == "__main__":
    main()
