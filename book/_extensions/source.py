"""Source: show a function or class of the package on a page, as it stands in its file.

    :::{source} dlcourse/nn/convolution/kernels.py
    :object: learn_kernel
    :::

The page shows the code itself, so the two cannot drift apart. Docstrings are left out: the prose
around the code says what they say. A file or a name that does not exist is a Sphinx warning.
"""

import ast
from pathlib import Path

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

logger = logging.getLogger(__name__)

ROOT = Path(__file__).parents[2]
NAMED = (ast.FunctionDef, ast.ClassDef)


def find(tree: ast.AST, dotted: str) -> ast.AST | None:
    """Find a definition by its name, ``Class.method`` included."""
    for name in dotted.split("."):
        inside = (node for node in getattr(tree, "body", []) if isinstance(node, NAMED))
        tree = next((node for node in inside if node.name == name), None)
        if tree is None:
            return None
    return tree


def without_docstrings(text: str, definition: ast.AST) -> str:
    """Cut a definition out of its file, without its docstring and those of its methods."""
    skipped: set[int] = set()
    for node in ast.walk(definition):
        if isinstance(node, NAMED) and ast.get_docstring(node) and len(node.body) > 1:
            docstring = node.body[0]
            skipped |= set(range(docstring.lineno, docstring.end_lineno + 1))
    first = min([definition.lineno, *(d.lineno for d in definition.decorator_list)])
    lines = text.splitlines()
    kept = [
        lines[n - 1]
        for n in range(first, definition.end_lineno + 1)
        if n not in skipped
    ]
    while definition.col_offset and kept[0].startswith(" "):
        kept = [line[definition.col_offset :] for line in kept]
    return "\n".join(kept)


class Source(SphinxDirective):
    """Show one definition, with the path of its file above it."""

    required_arguments = 1
    option_spec = {"object": directives.unchanged_required}  # noqa: RUF012 (docutils' own form)

    def run(self) -> list[nodes.Node]:
        """Read the file and make a captioned block of code."""
        path, name = ROOT / self.arguments[0], self.options.get("object", "")
        if not path.is_file():
            return self.refuse(f"source: there is no file {self.arguments[0]}")
        text = path.read_text(encoding="utf-8")
        definition = find(ast.parse(text), name)
        if definition is None:
            return self.refuse(f'source: {self.arguments[0]} defines no "{name}"')
        self.env.note_dependency(str(path))
        code = without_docstrings(text, definition)
        block = nodes.literal_block(code, code, language="python")
        caption = nodes.caption("", "", nodes.literal(text=self.arguments[0]))
        return [
            nodes.container("", caption, block, literal_block=True, classes=["source"])
        ]

    def refuse(self, message: str) -> list[nodes.Node]:
        """Warn, which fails the build, and show nothing."""
        logger.warning(
            message, location=self.get_location(), type="dlcourse", subtype="source"
        )
        return []


def setup(app: Sphinx) -> dict:
    """Register the directive."""
    app.add_directive("source", Source)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
