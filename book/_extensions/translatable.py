"""Translatable: what a page says where gettext does not look by itself.

Sphinx extracts paragraphs, titles, captions and the texts of images. Here it is told of the rest:
the description of a playable figure, the words inside a formula, and the titles and captions of
the contents. What no translator should see is taken out: formulas without words, and the line of
links to a page's files.
"""

import re
from collections.abc import Iterator

from docutils import nodes
from playable import playable
from sphinx.addnodes import toctree, translatable
from sphinx.application import Sphinx
from sphinx.builders.gettext import MessageCatalogBuilder
from sphinx.environment import BuildEnvironment
from sphinx.locale import init as catalogue_of
from sphinx.transforms import SphinxTransform
from sphinx.transforms.post_transforms import SphinxPostTransform
from sphinx.util.i18n import docname_to_domain
from sphinx.util.nodes import extract_messages

SAID = re.compile(r"\\text\{[^}]*[a-z]{2}")
"""A formula that has words: ``\\text{or}``."""


class Words(nodes.Invisible, nodes.Element, translatable):
    """Stands after a node, and speaks for it to translators."""

    def subject(self) -> nodes.Element:
        """Find the node before it."""
        return self.parent[self.parent.index(self) - 1]

    def preserve_original_messages(self) -> None:
        """Keep what the node says in English."""
        subject = self.subject()
        is_math = isinstance(subject, nodes.math_block)
        self["said"] = subject.astext().strip() if is_math else subject["alt"]

    def extract_original_messages(self) -> list[str]:
        """Tell what there is to translate."""
        return [self["said"]]

    def apply_translated_message(self, original: str, translated: str) -> None:
        """Let the node say it in the other language."""
        subject = self.subject()
        self["translated"] = True
        if isinstance(subject, nodes.math_block):
            subject[:] = [nodes.Text(translated)]
        else:
            subject["alt"] = translated


def mute(document: nodes.document) -> Iterator[nodes.Element]:
    """Find texts that are the same in every language, or translated with the extensions."""
    yield from document.findall(nodes.math_block)
    for paragraph in document.findall(nodes.paragraph):
        if "places" in paragraph["classes"]:
            yield paragraph


def silent(document: nodes.document) -> Iterator[nodes.Element]:
    """Find nodes that say something which Sphinx does not extract."""
    yield from (node for node in document.findall(playable) if "alt" in node)
    for formula in document.findall(nodes.math_block):
        if SAID.search(formula.astext()):
            yield formula


class Prepare(SphinxTransform):
    """Before Sphinx looks for messages: mute the mute, and lend the silent their words."""

    default_priority = 5

    def apply(self, **kwargs: object) -> None:
        """Mark nodes, and set words after others."""
        for node in mute(self.document):
            node["translatable"] = False
        for node in list(silent(self.document)):
            words = Words()
            words.source, words.line = self.document["source"], node.line or 1
            node.parent.insert(node.parent.index(node) + 1, words)


class TranslateContents(SphinxTransform):
    """Translate the contents, which are set into the first page after Sphinx has translated it."""

    default_priority = 101

    def apply(self, **kwargs: object) -> None:
        """Keep captions and titles, and put the translated ones in their places."""
        domain = docname_to_domain(self.env.docname, self.config.gettext_compact)
        folders = [f"{self.env.srcdir}/{name}" for name in self.config.locale_dirs]
        catalogue, _ = catalogue_of(folders, self.config.language, domain)
        for contents in self.document.findall(toctree):
            contents.preserve_original_messages()
            for message in contents.extract_original_messages():
                if message:
                    contents.apply_translated_message(
                        message, catalogue.gettext(message)
                    )


class RemoveWords(SphinxPostTransform):
    """Take the words out again: readers are told by the nodes themselves."""

    default_priority = 1

    def run(self, **kwargs: object) -> None:
        """Remove them all."""
        for words in list(self.document.findall(Words)):
            words.parent.remove(words)


class CatalogueBuilder(MessageCatalogBuilder):
    """Extract what pages say as they are read; how they are shown differs between builders."""

    def write_doc(self, docname: str, doctree: nodes.document) -> None:
        """Extract the messages of a page."""
        super().write_doc(docname, self.env.get_doctree(docname))


def messages(env: BuildEnvironment, page: str) -> list[str]:
    """List what there is to translate on a page, each message once."""
    found = (message for _, message in extract_messages(env.get_doctree(page)))
    return list(dict.fromkeys(found))


def setup(app: Sphinx) -> dict:
    """Register the node and the transforms."""
    app.setup_extension("playable")
    app.add_node(Words)
    app.add_builder(CatalogueBuilder, override=True)
    app.add_transform(Prepare)
    app.add_transform(TranslateContents)
    app.add_post_transform(RemoveWords)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
