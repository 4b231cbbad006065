"""Docstrings: the parts of a docstring of the package, as text that Sphinx can set.

A docstring is words, then sections under ``Args:``, ``Returns:`` and so on, then a doctest. A
file's docstring ends with lines under ``Axes:``, ``Paper:`` and ``Torch:``.
"""

import re
from collections.abc import Iterator
from textwrap import dedent
from typing import NamedTuple

SECTION = re.compile(
    r"^(Args|Attributes|Raises|Returns|Yields):\n((?:[ ]+.*(?:\n|\Z)|\n(?=[ ]))*)",
    re.MULTILINE,
)
ENTRY = re.compile(r"^([\w.*, ]+):\s(.*(?:\n(?: .*|$))*)", re.MULTILINE)
HEAD = re.compile(
    r"^(Axes|Paper|Torch|Types): {2,}(.*?)(?=^\w+:\s|\n\n|\Z)", re.DOTALL | re.MULTILINE
)
MARK = re.compile(r"``.*?``|:\w+:`[^`]*`|\||(?<=\w)_(?!\w)", re.DOTALL)


class Docstring(NamedTuple):
    """A docstring in its parts; the sections are still text."""

    words: str
    sections: dict[str, str]
    example: str


def parts(docstring: str) -> Docstring:
    """Cut a docstring where its sections and its doctest begin."""
    sections = {name: dedent(block) for name, block in SECTION.findall(docstring)}
    words, prompt, example = SECTION.sub("", docstring).partition("\n>>> ")
    return Docstring(escaped(words.strip()), sections, (prompt + example).strip())


def entries(section: str) -> dict[str, str]:
    """Read what a section says of each name in it."""
    return {
        name.strip(): escaped(" ".join(text.split()))
        for names, text in ENTRY.findall(section)
        for name in names.split(",")
    }


def escaped(text: str) -> str:
    """Keep what is markup only by chance, as in ``|a - b|`` and ``zeros_``, from being read so."""
    return MARK.sub(
        lambda found: rf"\{found[0]}" if found[0] in "|_" else found[0], text
    )


def heads(docstring: str) -> dict[str, str]:
    """Read the lines that end a file's docstring, each as one line."""
    return {name: " ".join(text.split()) for name, text in HEAD.findall(docstring)}


def introduction(docstring: str) -> str:
    """Read a file's docstring up to the order of its files or the lines that end it."""
    return escaped(HEAD.sub("", docstring).partition("\nRead in this order")[0].strip())


def fields(doc: Docstring, types: dict[str, str], returns: str) -> Iterator[str]:
    """Write arguments, what comes back and what is raised, as fields of Sphinx.

    Every argument has a line, in the order of the signature, whether the docstring says something
    of it or its name and type say all.
    """
    about = {
        key: text
        for section in ("Args", "Attributes")
        for key, text in entries(doc.sections.get(section, "")).items()
    }
    for name, kind in types.items():
        starred = name.replace("*", r"\*")
        yield f":param {starred}: {about.pop(name.lstrip('*'), '')}"
        if kind:
            yield f":type {starred}: :shape:`{kind}`"
    kept = entries(doc.sections.get("Attributes", ""))
    yield from (f":ivar {name}: {about[name]}" for name in kept if name in about)
    answer = doc.sections.get("Returns") or doc.sections.get("Yields", "")
    kind = "" if returns in ("", "None") else f":shape:`{returns}`"
    if kind or answer:
        told = " – ".join(filter(None, [kind, escaped(" ".join(answer.split()))]))
        yield f":returns: {told}"
    for name, text in entries(doc.sections.get("Raises", "")).items():
        yield f":raises {name}: {text}"
