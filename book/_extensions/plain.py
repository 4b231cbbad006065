"""Plain: a page's MyST turned into the Markdown that Jupyter shows.

Headings, lists, tables and formulas are the same in both and stay as they are. A directive becomes
what it says: code of the package a block of code, an admonition a quotation, a figure to play with
its description. A role becomes its words, which whoever calls looks up.
"""

import ast
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from markdown_it import MarkdownIt
from mdit_py_plugins.colon_fence import colon_fence_plugin
from mdit_py_plugins.myst_blocks import myst_block_plugin
from places import ROOT, files
from source import find, without_docstrings

Said = Callable[[str, str], str]
"""Answers the words of a role, given its name and its text."""

ROLE = re.compile(r"(?<![`\w])\{([\w:-]+)\}`([^`]+)`")
NAMED = re.compile(r"\{([\w:-]+)\}\s*(.*)", re.DOTALL)
OPTION = re.compile(r":([\w-]+):\s*(.*)")
ELSEWHERE = re.compile(r"(?<!!)\[([^]\n]*)\]\((?!https?:|mailto:)[^)\s]*\)")
CHOICE = re.compile(r"- \[([ x])\] ")


class Directive(NamedTuple):
    """A directive, in parts."""

    argument: str
    options: dict[str, str]
    body: str


class UnknownDirectiveError(ValueError):
    """A directive that has no plain form yet."""


def plain(text: str, said: Said) -> str:
    """Turn MyST into plain Markdown.

    Raises:
        UnknownDirectiveError: a directive has no form in ``FORMS``.
    """
    lines = text.splitlines()
    written, done = [], 0
    for token in tokens(text):
        first, last = token.map
        written.append(words(lines[done:first], said))
        indent = " " * (len(lines[first]) - len(lines[first].lstrip()))
        put = block(token.type, token.info, token.content, said)
        if put is None:
            written.append("\n".join(lines[first:last]))
        else:
            written.append("\n".join(indent + line for line in put.splitlines()))
        done = last
    written.append(words(lines[done:], said))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(written)).strip()


def tokens(text: str) -> list:
    """Find the blocks that only MyST has, and code, in which nothing is to be replaced."""
    parser = MarkdownIt().use(colon_fence_plugin).use(myst_block_plugin)
    kinds = {"fence", "colon_fence", "myst_target", "myst_line_comment"}
    return [token for token in parser.parse(text) if token.type in kinds]


def words(lines: list[str], said: Said) -> str:
    """Replace the roles in lines of text, and links to other pages by their words."""
    text = "\n".join(lines)
    text = ROLE.sub(lambda role: said(role[1], " ".join(role[2].split())), text)
    return ELSEWHERE.sub(r"\1", text)


def block(kind: str, info: str, content: str, said: Said) -> str | None:
    """Turn one block into Markdown; ``None`` if it is Markdown already."""
    if kind in {"myst_target", "myst_line_comment"}:
        return ""
    named = NAMED.match(info.strip())
    if named is None:
        return None
    name, argument = named.groups()
    if name not in FORMS:
        raise UnknownDirectiveError(f'the directive "{name}" has no form in a notebook')
    options, body = split(content)
    return FORMS[name](Directive(argument.strip(), options, body), said)


def split(content: str) -> tuple[dict[str, str], str]:
    """Part a directive's options from its body."""
    options, lines = {}, content.splitlines()
    while lines and (option := OPTION.fullmatch(lines[0])):
        options[option[1]] = option[2]
        lines.pop(0)
    return options, "\n".join(lines).strip()


def quoted(text: str) -> str:
    """Set a text as a quotation."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


def body(directive: Directive, said: Said) -> str:
    """Show what a directive holds."""
    return plain(directive.body, said)


def nothing(directive: Directive, said: Said) -> str:
    """Show nothing: what the directive holds is for the page's scripts."""
    return ""


def margin(directive: Directive, said: Said) -> str:
    """Quote a note that stands in the page's margin."""
    return quoted(plain(directive.body, said))


def admonition(directive: Directive, said: Said) -> str:
    """Quote an admonition under its title."""
    title = words([directive.argument], said)
    return quoted(f"**{title}**\n\n{plain(directive.body, said)}")


def figure(directive: Directive, said: Said) -> str:
    """Describe a figure; the cell that made it shows it."""
    described = f"*Figure: {directive.options['alt']}*"
    return f"{described}\n\n{plain(directive.body, said)}".strip()


def playable(directive: Directive, said: Said) -> str:
    """Describe a figure that only the page can play, without its still picture."""
    still = MarkdownIt().use(colon_fence_plugin).parse(directive.body)[0].map[1]
    caption = "\n".join(directive.body.splitlines()[still:])
    lead = f"**In the book, a figure to play with.** {directive.options['alt']}"
    return quoted(f"{lead}\n\n{plain(caption, said)}")


def source(directive: Directive, said: Said) -> str:
    """Show a definition of the package as it stands in its file."""
    text = (ROOT / directive.argument).read_text(encoding="utf-8")
    definition = find(ast.parse(text), directive.options["object"])
    code = without_docstrings(text, definition)
    return f"`{directive.argument}`\n\n```python\n{code}\n```"


def places(directive: Directive, said: Said) -> str:
    """Name the files beside a page, by their paths in the repository."""

    def line() -> Iterator[str]:
        for kind, paths in files(directive.argument).items():
            names = (f"`{path.relative_to(ROOT).as_posix()}`" for path in paths)
            yield f"**{kind}** {', '.join(names)}"

    return " · ".join(line())


def question(directive: Directive, said: Said) -> str:
    """Ask a question with its choices, and fold the answers away."""
    written = plain(directive.body, said)
    chosen = re.sub(CHOICE, "- ", "\n".join(filter(CHOICE.match, written.splitlines())))
    marks = {" ": "✗", "x": "✓"}
    answers = CHOICE.sub(lambda mark: f"- {marks[mark[1]]} ", written)
    asked = words([directive.argument], said)
    folded = f"<details><summary>Answers</summary>\n\n{answers}\n\n</details>"
    return f"**{asked}**\n\n{chosen}\n\n{folded}"


FORMS: dict[str, Callable[[Directive, Said], str]] = {
    "admonition": admonition,
    "div": body,
    "glue:": nothing,
    "glue:figure": figure,
    "margin": margin,
    "places": places,
    "playable": playable,
    "question": question,
    "source": source,
}
"""What each directive of a chapter becomes."""
