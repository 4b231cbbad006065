"""Edition: the book in another language, beside the English one and leaning on it.

All pages are read, so that every reference is known, but only those that have a catalogue are
written. Wherever the contents, a reference or the search lead to another page, they lead to the
English one. The folder of the edition lies in that of the English book: its pages are one up.

Chinese is searched by pairs of neighbouring characters, in the index as in what the reader types.
A dictionary of words would have to know the terms of this field, and a browser would need it too.
"""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from docutils import nodes
from myst_nb.ext.glue.roles import PasteTextRole
from sphinx.application import Sphinx
from sphinx.builders.html import StandaloneHTMLBuilder
from sphinx.config import Config
from sphinx.locale import _
from sphinx.search.zh import SearchChinese
from sphinx.transforms.post_transforms import SphinxPostTransform
from terms import BRACKETS
from translations import catalogue_path

HAN = re.compile("[\u4e00-\u9fff]+")
LATIN = re.compile(r"[a-zA-Z0-9_]+")

SPLIT = r"""
function splitQuery(query) {
  const words = query.match(/[a-zA-Z0-9_]+/g) ?? [];
  for (const run of query.match(/[\u4e00-\u9fff]+/g) ?? []) {
    if (run.length === 1) words.push(run);
    for (let i = 0; i + 1 < run.length; i++) words.push(run.slice(i, i + 2));
  }
  return words;
}
"""
"""The same as ``Chinese.split`` does with the reader's words."""

COUNTED = re.compile(r"(\d+) (chapter|exercise|task|playable figure)s?\b")
"""What the cards of the pages count."""


class Chinese(SearchChinese):
    """Index Latin words by their stems, and Chinese by single characters and pairs."""

    js_splitter_code = SPLIT

    def split(self, text: str) -> list[str]:
        """Take a text apart."""
        words = LATIN.findall(text)
        for run in HAN.findall(text):
            words += run
            words += [run[i : i + 2] for i in range(len(run) - 1)]
        return words

    def word_filter(self, word: str) -> bool:
        """Keep single Chinese characters; drop single letters."""
        return len(word) > 1 or bool(HAN.match(word))


class EditionBuilder(StandaloneHTMLBuilder):
    """Write the translated pages, and lead to the English ones for all others."""

    name = "html"

    def writes(self, page: str) -> bool:
        """Tell whether a page stands in this edition; pages that Sphinx makes always do."""
        return page not in self.env.found_docs or catalogue_path(page).exists()

    def get_target_uri(self, docname: str, typ: str | None = None) -> str:
        """Say where a page stands, seen from the folder of the edition."""
        uri = super().get_target_uri(docname, typ)
        return uri if self.writes(docname) else f"../{uri}"

    def write(
        self,
        build_docnames: Iterable[str] | None,
        updated_docnames: Iterable[str],
        method: str = "update",
    ) -> None:
        """Write the translated pages, and let the search know the others' words."""
        pages = self.env.found_docs
        own = {page for page in pages if self.writes(page)}
        super().write(own, own, method)
        for page in sorted(pages - own):
            title = self.env.titles[page].astext()
            self.index_page(page, self.env.get_doctree(page), title)

    def prepare_writing(self, docnames: set[str]) -> None:
        """Let the index name each page by the address where it stands."""
        super().prepare_writing(docnames)
        frozen = self.indexer.freeze
        self.indexer.freeze = lambda: self.placed(frozen())

    def load_indexer(self, docnames: Iterable[str]) -> None:
        """Begin the index anew: all pages are indexed each time."""
        self.indexer.prune([])

    def placed(self, index: dict) -> dict:
        """Put the pages of the English book one folder up."""
        names = [n if self.writes(n) else f"../{n}" for n in index["docnames"]]
        return {**index, "docnames": names}


def defined(document: nodes.document) -> Iterator[tuple[nodes.strong, str]]:
    """Find each term that a page defines, with its English in the brackets after it."""
    for term in document.findall(nodes.strong):
        place = term.parent.index(term) + 1
        after = "".join(node.astext() for node in term.parent[place:])
        said = BRACKETS.match(after.replace("\uff08", "(").replace("\uff09", ")"))
        if said and not HAN.search(said[1]):
            yield term, said[1].partition(",")[0].strip()


def name_terms(app: Sphinx, document: nodes.document) -> None:
    """Give terms the names that they have in English, so that a link finds them in both."""
    named = set()
    for term, english in defined(document):
        anchor = f"term-{nodes.make_id(english)}"
        if anchor not in named:
            named.add(anchor)
            term["ids"].append(anchor)


class PasteTranslated(PasteTextRole):
    """``glue:text`` in a translation, which is parsed after its page and apart from it.

    The numbers of the page are gone by then; they are asked for as those of any other page are.
    """

    def run(self) -> tuple[list[nodes.Node], list[nodes.system_message]]:
        """Name the page if the number is not to be had in place."""
        if "nb_renderer" not in self.document:
            env = self.document.settings.env
            asked = self.text if ":" in self.text else f"{self.text}:s"
            self.text = f"{Path(env.doc2path(env.docname)).name}::{asked}"
        return super().run()


class TranslateWords(SphinxPostTransform):
    """Translate what extensions say of a page by themselves."""

    default_priority = 4  # after the places of the extensions are filled

    def run(self, **kwargs: object) -> None:
        """Replace the headings of the line of links, and what cards count."""
        for paragraph in self.document.findall(nodes.paragraph):
            classes = set(paragraph["classes"])
            if "places" in classes:
                for kind in paragraph.findall(nodes.strong):
                    kind[:] = [nodes.Text(_(kind.astext().strip()) + " ")]
            elif classes & {"book-extent", "card-extent"}:
                for text in list(paragraph.findall(nodes.Text)):
                    text.parent.replace(text, nodes.Text(counted(text.astext())))


def counted(text: str) -> str:
    """Translate "2 tasks" wherever it stands in a line."""
    text = COUNTED.sub(lambda found: _(f"%d {found[2]}s") % int(found[1]), text)
    return re.sub(
        r"^exercise ([\w-]+), ", lambda found: _("exercise %s, ") % found[1], text
    )


def share_mathjax(app: Sphinx, config: Config) -> None:
    """Draw formulas with the English book's MathJax, two folders up from ``_static``."""
    config.mathjax_path = f"../../_static/{config.mathjax_path}"


def setup(app: Sphinx) -> dict:
    """Register the builder, the search, and what translated pages need."""
    app.setup_extension("translations")
    app.add_builder(EditionBuilder, override=True)
    app.add_search_language(Chinese)
    app.add_role_to_domain("glue", "text", PasteTranslated(), override=True)
    app.connect("config-inited", share_mathjax, priority=900)  # after it is chosen
    app.connect("doctree-read", name_terms)
    app.add_post_transform(TranslateWords)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
