"""API: the docstrings of a topic on one page, with the shapes of all tensors.

    :::{api} nn
    :::

Chapters stand in the book's order and files in that of their heads. The files are read, not
imported; Sphinx's own Python domain makes the anchors, so ``:func:`` in a docstring is a link.
"""

import ast
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path
from textwrap import indent

from annotations import meaning, said
from chapters import FillPlaces, LeavePlace
from docstrings import escaped, fields, heads, introduction, parts
from docutils import nodes
from docutils.statemachine import StringList
from offered import PACKAGE, Offered, head, modules, offered, tests, tree
from papers import cited
from places import ROOT
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.docutils import SphinxDirective

FENCE = "`" * 8
LONGEST = 72
"""Characters of a constant's value that a page shows; the source has the longer ones."""


def initializer(path: Path, node: ast.ClassDef) -> tuple[Path, ast.AST] | None:
    """Find what a class is made with: its ``__init__``, or its fields, or those of its base."""
    for line in node.body:
        if isinstance(line, ast.FunctionDef) and line.name == "__init__":
            return path, line
    if any(isinstance(line, ast.AnnAssign) for line in node.body):
        return path, node
    for base in node.bases:
        there, found = meaning(path, ast.unparse(base))
        if isinstance(found, ast.ClassDef):
            return initializer(there, found)
    return None


def arguments(node: ast.AST) -> ast.arguments:
    """Read the arguments of a function, or the fields of a record as if they were arguments."""
    if isinstance(node, ast.FunctionDef):
        return node.args
    lines = [line for line in node.body if isinstance(line, ast.AnnAssign)]
    return ast.arguments(
        posonlyargs=[],
        args=[ast.arg(line.target.id, line.annotation) for line in lines],
        kwonlyargs=[],
        kw_defaults=[],
        defaults=[line.value for line in lines if line.value],
    )


def signature(args: ast.arguments, bound: bool) -> tuple[str, dict[str, ast.AST]]:
    """Write arguments without their types, and list the types by argument."""
    copy = ast.parse(f"def f({ast.unparse(args)}): ...").body[0].args
    plain = [*copy.posonlyargs, *copy.args]
    if bound:
        (copy.posonlyargs or copy.args).pop(0)
        plain.pop(0)
    found = {arg.arg: arg.annotation for arg in plain}
    found |= {f"*{copy.vararg.arg}": copy.vararg.annotation} if copy.vararg else {}
    found |= {arg.arg: arg.annotation for arg in copy.kwonlyargs}
    found |= {f"**{copy.kwarg.arg}": copy.kwarg.annotation} if copy.kwarg else {}
    for arg in (*plain, *copy.kwonlyargs, copy.vararg, copy.kwarg):
        if arg is not None:
            arg.annotation = None
    return ast.unparse(copy), found


def decorated(node: ast.FunctionDef, name: str) -> bool:
    """Tell whether a function has a decorator."""
    return any(ast.unparse(each) == name for each in node.decorator_list)


def described(kind: str, name: str, lines: list[str], *options: str) -> str:
    """Write a directive of Sphinx's Python domain."""
    top = [f".. py:{kind}:: {name}", *(f"   :{option}:" for option in options)]
    return "\n".join([*top, "   :no-index-entry:", "", indent("\n".join(lines), "   ")])


def body(about: str, types: dict[str, str], returns: str) -> list[str]:
    """Write a docstring: words, fields, example."""
    doc = parts(about)
    return [doc.words, "", *fields(doc, types, returns), "", doc.example, ""]


def function(node: ast.FunctionDef, path: Path, method: bool = False) -> str:
    """Write the entry of a function or method."""
    static = decorated(node, "staticmethod")
    args, annotations = signature(node.args, bound=method and not static)
    types = {name: said(kind, path) for name, kind in annotations.items()}
    lines = body(ast.get_docstring(node) or "", types, said(node.returns, path))
    if decorated(node, "property"):
        return described("property", node.name, lines)
    flags = [f for f in ("classmethod", "staticmethod") if decorated(node, f)]
    kind = "method" if method else "function"
    return described(kind, f"{node.name}({args})", lines, *flags)


def class_(node: ast.ClassDef, path: Path) -> str:
    """Write the entry of a class with its public methods."""
    made = initializer(path, node)
    args, annotations, where = "", {}, path
    if made:
        where, by = made
        args, annotations = signature(arguments(by), isinstance(by, ast.FunctionDef))
    types = {name: said(kind, where) for name, kind in annotations.items()}
    methods = [
        function(line, path, method=True)
        for line in node.body
        if isinstance(line, ast.FunctionDef) and line.name[0] != "_"
    ]
    lines = body(ast.get_docstring(node) or "", types, "") + methods
    return described("class", f"{node.name}({args})" if made else node.name, lines)


def constant(each: Offered) -> str:
    """Write the entry of a constant or of a name for a type."""
    text = ast.unparse(each.node.value)
    kind = said(each.node.value, each.path) if is_type(each.node) else ""
    value = kind or (text if len(text) <= LONGEST else "")
    lines = [escaped(each.about), ""] + [f":shape:`{value}`"] * bool(value)
    return described("data", each.name, [*lines, ""])


def is_type(node: ast.AST) -> bool:
    """Tell whether a name stands for a type."""
    return isinstance(node, ast.Assign) and (
        isinstance(node.value, ast.Subscript)
        or (isinstance(node.value, ast.BinOp) and isinstance(node.value.op, ast.BitOr))
    )


def entry(each: Offered) -> str:
    """Write what is said of one name, and leave a place for where its chapter shows it."""
    if isinstance(each.node, ast.FunctionDef):
        text = function(each.node, each.path)
    elif isinstance(each.node, ast.ClassDef):
        text = class_(each.node, each.path)
    else:
        return constant(each)
    file = each.path.relative_to(ROOT).as_posix()
    return f"{text}\n\n   .. shown:: {each.page}:{file}:{each.name}\n"


def docstring(path: Path) -> str:
    """Read the docstring of a file."""
    return ast.get_docstring(tree(path))


def titled(path: Path) -> tuple[str, str]:
    """Read the name of a file's idea, and the idea."""
    title, _, idea = introduction(docstring(path)).partition(": ")
    return title, idea[:1].upper() + idea[1:]


def dotted(page: str) -> str:
    """Name the module as it is imported."""
    return f"dlcourse.{page.replace('/', '.')}"


def download(path: Path, text: str) -> str:
    """Link a file that Sphinx copies into the book."""
    return f":download:`{text} </../{path.relative_to(ROOT).as_posix()}>`"


def introduced(path: Path) -> str:
    """Write what the head of a file says: the letters of its axes, papers, torch's equal."""
    known = heads(docstring(path))
    lines = [f":Source: {download(path, path.name)}"]
    lines += [f":Axes: {escaped(known['Axes'])}"] if "Axes" in known else []
    lines += [f":Paper: {escaped(cited(known['Paper']))}"] if "Paper" in known else []
    torch = known.get("Torch", "none")
    lines += [f":Torch: {escaped(torch)}"] if torch != "none" else []
    return "\n".join(lines)


class Api(SphinxDirective):
    """Set the docstrings of a topic: a section for each chapter, one in it for each file."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Make the sections."""
        return [self.module(page) for page in modules(self.arguments[0])]

    def module(self, page: str) -> nodes.section:
        """Make the section of a module: its idea, its links, its files."""
        title, idea = titled(head(page))
        about = [idea, self.links(page), f".. py:currentmodule:: {dotted(page)}"]
        made = section(title, page)
        made += self.parsed("\n\n".join(about))
        groups = groupby(offered(page), key=lambda each: each.path)
        for path, names in groups:
            self.env.note_dependency(str(path))
            made += self.file(path, list(names), alone=path == head(page))
        self.env.note_dependency(str(head(page)))
        return made

    def links(self, page: str) -> str:
        """Write the line of links to a module's chapter and tests."""
        found = []
        if "/" in page and (ROOT / "book" / f"{page}.md").exists():
            found.append(f":doc:`the chapter </{page}>`")
        if test := tests(page):
            found.append(download(test, "the tests"))
        module = f"``from {dotted(page)} import ...``"
        return ". See ".join(filter(None, [module, " and ".join(found)])) + "."

    def file(self, path: Path, names: list[Offered], alone: bool) -> list[nodes.Node]:
        """Make the entries of a file, in a section of its own if there are several."""
        text = "\n\n".join([introduced(path), *map(entry, names)])
        if alone:
            return self.parsed(text)
        title, idea = titled(path)
        made = section(title, path.relative_to(PACKAGE).with_suffix("").as_posix())
        made += self.parsed(f"{idea}\n\n{text}")
        return [made]

    def parsed(self, text: str) -> list[nodes.Node]:
        """Read reStructuredText, in which docstrings are written, on a page of Markdown."""
        lines = [f"{FENCE}{{eval-rst}}", *text.splitlines(), FENCE]
        holder = nodes.Element()
        source = StringList(lines, self.env.docname)
        self.state.nested_parse(source, self.content_offset, holder)
        return holder.children


def section(title: str, name: str) -> nodes.section:
    """Make a section under a heading."""
    return nodes.section("", nodes.title(text=title), ids=[nodes.make_id(name)])


def note_shown(app: Sphinx, document: nodes.document) -> None:
    """Note in which section a chapter shows which definition of which file."""
    shown = app.env.metadata[app.env.docname].setdefault("shown", {})
    for block in document.findall(nodes.container):
        if "source" in block["classes"]:
            file, code = block[0].astext(), ast.parse(block[1].astext()).body[0]
            place = block
            while not isinstance(place, nodes.section):
                place = place.parent
            title = place.next_node(nodes.title).astext()
            shown.setdefault(f"{file}:{code.name}", (place["ids"][0], title))


class FillShown(FillPlaces):
    """Link a name to the section of its chapter that shows its code."""

    kind = "shown"

    def made(self, of: str) -> Iterator[nodes.Node]:
        """Make one line, or none for what the chapter does not show."""
        page, _, name = of.partition(":")
        found = self.env.metadata.get(page, {}).get("shown", {}).get(name)
        if found:
            anchor, title = found
            link = self.link(title, page, anchor)
            yield nodes.paragraph("", "In the chapter: ", link, classes=["shown"])


def shape_role(
    name: str, rawtext: str, text: str, *unused: object
) -> tuple[list[nodes.Node], list[nodes.system_message]]:
    """Set a type, lighter than code: a page has thousands of them."""
    quoted = {"classes": [name], "support_smartquotes": False}
    return [nodes.inline(rawtext, text, **quoted)], []


def keep_names_short(app: Sphinx, config: Config) -> None:
    """Name a function without its module, and leave it out of the contents.

    The section above has named the module. Every page's navigation is made from all contents, so
    what stands in them is paid for on every page.
    """
    config.add_module_names = False
    config.toc_object_entries = False


def setup(app: Sphinx) -> dict:
    """Register the directives, what notes the places and what links them."""
    app.setup_extension("papers")
    app.add_directive("api", Api)
    app.add_directive("shown", LeavePlace)
    app.add_post_transform(FillShown)
    app.add_role("shape", shape_role)
    app.connect("config-inited", keep_names_short)
    app.connect("doctree-read", note_shown)
    app.add_css_file("api.css")
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
