"""Notebooks: each chapter as a notebook to download, which runs wherever Python does.

The notebooks lie in ``notebooks/`` of the built book under the pages' names. A chapter's cells are
all there, those that the page hides folded; the text between them is plain Markdown; outputs are
for the reader to make. A first cell installs what is missing, if the book knows from where.

Config:  launch["repository"], the address to install the package from; html_baseurl, where the
built book stands, so that words which link another page link it from a notebook too
"""

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urljoin

import nbformat
from docutils import nodes
from myst_nb.core.read import create_nb_reader
from myst_nb.core.variables import format_plain_text
from myst_nb.ext.glue.crossref import read_glue_cache
from nbformat import NotebookNode, v4
from plain import Said, UnknownDirectiveError, plain
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.transforms.post_transforms import ReferencesResolver
from sphinx.util import logging

logger = logging.getLogger(__name__)

FOLDER = "notebooks"

FOLDED = {"hide-input", "hide-cell", "remove-cell", "remove-input"}
"""Tags of cells whose code the page does not show at once."""

HEAD = """\
*This is the page **{title}** of the book dlcourse, to be run. The numbers in its text are those of
the book's own run; yours stand below the cells.*"""

INSTALL = """\
# Install what this notebook needs and does not find. What is here, torch first, stays as it is.
import subprocess
import sys
from importlib.metadata import version
from importlib.util import find_spec

if not (find_spec("dlcourse") and find_spec("myst_nb")):
    here = [name for name in ("numpy", "torch", "torchvision") if find_spec(name)]
    kept = [f"{{name}}=={{version(name)}}" for name in here]
    wanted = ["{package}", "myst-nb", *kept]
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", *wanted], check=True)
"""

ASK = """\
# This notebook needs the package dlcourse, with what its book needs.
from importlib.util import find_spec

if not (find_spec("dlcourse") and find_spec("myst_nb")):
    raise ModuleNotFoundError("install dlcourse: in its folder, pip install -e '.[book]'")
"""


FROM_DISK = """
for (const link of document.querySelectorAll(".btn-download-notebook-button")) {{
  link.download = "{name}";
  if (location.protocol === "file:")
    link.href = "data:application/x-ipynb+json;base64,{held}";
}}
"""
"""A browser shows a file next to a page from disk and does not save it; so the page holds it."""


def is_chapter(app: Sphinx, doctree: nodes.document | None) -> bool:
    """Tell whether a page is a chapter, which ends with its places, in the book's own language.

    The pages about teaching run in the repository alone, and a translation shares the notebooks.
    """
    if doctree is None or app.config.language != "en":
        return False
    return any("places" in node["classes"] for node in doctree.findall(nodes.paragraph))


def package(app: Sphinx) -> str:
    """Say what pip installs the package from; empty if the book does not know."""
    launch = app.config.launch
    if not launch["repository"]:
        return ""
    return f"dlcourse @ git+{launch['repository']}@{launch['branch']}"


def linked(app: Sphinx, page: str, node: nodes.Element) -> str:
    """Write a reference as Markdown: its words, and a link if the book has an address."""
    text = node.astext()
    site = app.config.html_baseurl
    target = next(iter(node.findall(nodes.reference)), {})
    where = target.get("refuri") or f"#{target.get('refid', '')}"
    if not site or where == "#":
        return text
    return (
        f"[{text}]({urljoin(urljoin(site, app.builder.get_target_uri(page)), where)})"
    )


def references(app: Sphinx, page: str) -> dict[str, str]:
    """Resolve each reference of a page: how it is written, and what it says."""
    document = app.env.get_doctree(page)
    held = []
    for node in list(document.findall(pending_xref)):
        holder = nodes.inline(written=" ".join(node.rawsource.split()))
        node.replace_self(holder)
        holder += node
        held.append(holder)
    app.env.temp_data["docname"] = page  # whose references these are
    try:
        ReferencesResolver(document).apply()
    finally:
        del app.env.temp_data["docname"]
    return {holder["written"]: linked(app, page, holder) for holder in held}


def words_of_roles(app: Sphinx, page: str) -> Said:
    """Make what answers the words of a page's roles."""
    known = references(app, page)
    glued = read_glue_cache(app.env.mystnb_config.output_folder, page)

    def said(role: str, text: str) -> str:
        if role == "glue:text":
            key, _, form = text.partition(":")
            return format_plain_text(glued[key]["data"]["text/plain"], form or "s")
        return known[f":{role}:`{text}`"]

    return said


def caption(app: Sphinx, page: str, cell: NotebookNode, said: Said) -> str:
    """Write the caption that a page sets below a cell's figure; empty if it has none."""
    figure = cell.metadata.get("mystnb", {}).get("figure", {})
    if "caption" not in figure:
        return ""
    numbers = app.env.toc_fignumbers.get(page, {}).get("figure", {})
    number = numbers.get(nodes.make_id(figure.get("name", "")), ())
    name = f"**Fig. {'.'.join(map(str, number))}** " if number else ""
    return name + plain(figure["caption"], said)


def cells(app: Sphinx, page: str, read: NotebookNode) -> Iterator[NotebookNode]:
    """Make a notebook's cells of those of a page."""
    said = words_of_roles(app, page)
    title = app.env.titles[page].astext()
    yield v4.new_markdown_cell(HEAD.format(title=title))
    where = package(app)
    yield v4.new_code_cell((INSTALL.format(package=where) if where else ASK).strip())
    for cell in read.cells:
        if cell.cell_type == "markdown":
            if text := plain(cell.source, said):
                yield v4.new_markdown_cell(text)
            continue
        folded = FOLDED & set(cell.metadata.get("tags", []))
        metadata = {"jupyter": {"source_hidden": True}} if folded else {}
        yield v4.new_code_cell(cell.source, metadata=metadata)
        if below := caption(app, page, cell, said):
            yield v4.new_markdown_cell(below)


def notebook(app: Sphinx, page: str) -> NotebookNode:
    """Make the notebook of a page."""
    path, config = app.env.doc2path(page), app.env.mystnb_config
    text = Path(path).read_text(encoding="utf-8")
    read = create_nb_reader(path, app.env.myst_config, config, text).read(text)
    made = v4.new_notebook(metadata={"kernelspec": read.metadata.kernelspec})
    made.cells = list(cells(app, page, read))
    for n, cell in enumerate(made.cells):
        cell.id = f"cell-{n}"  # the same in every build
    return made


def write(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document
) -> None:
    """Write a chapter's notebook, and offer it on the page."""
    if not is_chapter(app, doctree):
        return
    try:
        made = notebook(app, page)
    except (UnknownDirectiveError, KeyError) as fault:
        logger.warning("notebooks: %s", fault, location=page, type="dlcourse")
        return
    path = Path(app.outdir, FOLDER, f"{page}.ipynb")
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(made, path)
    offer(f"{FOLDER}/{page}.ipynb", context)
    held = b64encode(path.read_bytes()).decode()
    app.add_js_file(
        None, type="module", body=FROM_DISK.format(name=path.name, held=held)
    )


def offer(path: str, context: dict) -> None:
    """Put the notebook first among the downloads at the page's top."""
    [downloads] = (
        each
        for each in context["header_buttons"]
        if each.get("label") == "download-buttons"
    )
    button = {
        "type": "link",
        "url": context["pathto"](path, resource=True),
        "text": "Notebook",
        "tooltip": "Download this page as a notebook",
        "icon": "fas fa-book",
        "label": "download-notebook-button",
    }
    downloads["buttons"].insert(0, button)


def setup(app: Sphinx) -> dict:
    """Register what writes the notebooks, after the theme has made its buttons."""
    app.connect("html-page-context", write, priority=510)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
