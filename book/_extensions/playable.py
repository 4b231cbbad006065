"""Playable: figures that the reader plays with in the built page, from disk and without a network.

A page opened from disk may not load its neighbours as modules, since a browser takes every file for
an origin of its own. So the modules travel inside the page: an import map calls each by its name,
``dlcourse/<name>``, and carries its text as a data URL. They end in ``.mjs`` because Jupyter Book
loads every ``.js`` below ``_static`` into every page, as a classic script that may not import.

In a page, the first block is the still picture that readers without scripts see, and what follows
is the caption. ``start`` is optional, and holds the settings that differ from the figure's own::

    :::{playable} convolution
    :alt: A kernel that slides over an image and writes one sum for each place.
    :start: {"padding": 1}

    ![The kernel at its first place](convolution.svg)

    Move the window, and change any number.
    :::
"""

import json
import re
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)

FIGURE = re.compile(r"^export function figure\(", re.MULTILINE)
"""What marks a module as a figure, and not as a part of others."""

IMPORT = re.compile(r'from "dlcourse/([\w-]+)"')

MOUNT = """
import {{ mount }} from "dlcourse/kit";
import {{ figure }} from "dlcourse/{0}";
mount("{0}", figure);
"""


class playable(nodes.container):  # noqa: N801 (docutils names nodes as their elements)
    """One element of a figure, with its HTML ``tag``; to other builders a plain container."""


def modules(source: str) -> Path:
    """Say where a book keeps the modules of its figures."""
    return Path(source, "_static", "playable")


def figures(folder: Path) -> list[str]:
    """Name the modules that are figures."""
    paths = folder.glob("*.mjs")
    return sorted(path.stem for path in paths if FIGURE.search(path.read_text("utf-8")))


def needed(figure: str, folder: Path) -> list[str]:
    """Name every module that a figure loads, itself included, whether or not it exists."""
    found: set[str] = set()
    waiting = ["kit", figure]
    while waiting:
        name = waiting.pop()
        path = folder / f"{name}.mjs"
        if name not in found and path.is_file():
            waiting += IMPORT.findall(path.read_text("utf-8"))
        found.add(name)
    return sorted(found)


class Playable(SphinxDirective):
    """``playable``: a live figure, its still picture and its caption."""

    required_arguments = 1
    has_content = True
    option_spec: ClassVar = {"alt": directives.unchanged, "start": json.loads}

    def run(self) -> list[nodes.Node]:
        """Build the figure; where the page is at fault, warn and leave the content as it is."""
        name, folder = self.arguments[0], modules(self.env.srcdir)
        content = self.parse_content_to_nodes()
        faults = list(self._faults(name, folder, content))
        for fault in faults:
            logger.warning(fault, location=self.get_location(), type="playable")
        if faults:
            return content
        for module in needed(name, folder):
            self.env.note_dependency(str(folder / f"{module}.mjs"))
        still = playable("", content[0], tag="div", classes=["playable-still"])
        caption = playable("", *content[1:], tag="figcaption")
        return [playable("", still, caption, tag="figure", figure=name, **self.options)]

    def _faults(
        self, name: str, folder: Path, content: list[nodes.Node]
    ) -> Iterator[str]:
        """Say, in a sentence each, what is wrong with the directive or the modules it needs."""
        known = figures(folder)
        if name not in known:
            yield f'no playable figure is called "{name}"; there are: {", ".join(known)}'
            return
        if not self.options.get("alt"):
            yield f'playable "{name}" has no :alt:; one sentence says what the figure is'
        if not content:
            yield f'playable "{name}" is empty; its first block is the still picture'
        for module in needed(name, folder):
            if not (folder / f"{module}.mjs").is_file():
                yield f'playable "{name}" imports "dlcourse/{module}"; {folder} has no {module}.mjs'


def visit_playable(self: HTML5Translator, node: playable) -> None:
    """Open the element; the figure itself says which module it waits for."""
    attributes = {}
    if "figure" in node:
        attributes = {
            "CLASS": "playable",
            "data-figure": node["figure"],
            "data-start": json.dumps(node.get("start", {})),
            "aria-label": node["alt"],
        }
    self.body.append(self.starttag(node, node["tag"], **attributes))


def depart_playable(self: HTML5Translator, node: playable) -> None:
    """Close the element."""
    self.body.append(f"</{node['tag']}>\n")


def data_url(path: Path) -> str:
    """Write a module as a URL that holds its text."""
    return f"data:text/javascript;base64,{b64encode(path.read_bytes()).decode()}"


def embed(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document
) -> None:
    """Give a page that has figures its import map, once, and a script for each kind of figure."""
    if doctree is None:
        return
    names = sorted(
        {node["figure"] for node in doctree.findall(playable) if "figure" in node}
    )
    if not names:
        return
    folder = modules(app.srcdir)
    loaded = sorted({module for name in names for module in needed(name, folder)})
    imports = {
        f"dlcourse/{module}": data_url(folder / f"{module}.mjs") for module in loaded
    }
    app.add_js_file(None, type="importmap", body=json.dumps({"imports": imports}))
    for name in names:
        app.add_js_file(None, type="module", body=MOUNT.format(name))


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive, its node and the stylesheet."""
    app.add_node(playable, html=(visit_playable, depart_playable))
    app.add_directive("playable", Playable)
    # Jupyter Book adds every stylesheet by itself, at this priority: equal entries are kept once.
    app.add_css_file("playable.css", priority=800)
    app.connect("html-page-context", embed)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
