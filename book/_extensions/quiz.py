"""Quiz: questions with which readers check themselves before the exercise.

Each choice explains itself in the paragraphs below it, and exactly one is right::

    :::{question} A 5 × 5 kernel slides over a 32 × 32 picture. How wide is the output?
    :check: dlcourse.nn.padding.output_size(32, 5) == 28

    - [ ] 32

      That takes a padding of 2 on every side.
    - [x] 28

      The kernel's corner has 32 − 5 + 1 = 28 places.
    - [ ] 27

      A corner may stand at place 0 and at place 27: that is 28 places.
    :::

``check`` is for a test, which evaluates it; the book does not show it. Without scripts the choices
stand over a fold with the answers, and other builders than HTML set both as lists.
"""

import re
from collections.abc import Iterator
from hashlib import sha256
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from scripts import add_script
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.writers.html5 import HTML5Translator

logger = logging.getLogger(__name__)

MARK = re.compile(r"\[([ x])\]\s+")
"""What a choice begins with: ``[x]`` is the right one."""

FEWEST = 3


class quiz_box(nodes.container):  # noqa: N801 (docutils names nodes as their elements)
    """An HTML element, ``tag``, that holds others; to other builders a container."""


class quiz_text(nodes.paragraph):  # noqa: N801
    """A text in an HTML element, ``tag``, of its own; to other builders a paragraph."""


class quiz_choice(nodes.paragraph):  # noqa: N801
    """A text with a radio button, one of the ``group`` of its question."""


class Question(SphinxDirective):
    """``question``: a text, its choices, and why each of them is right or wrong."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar = {"check": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        """Build the question; where it is at fault, warn and leave the content as it is."""
        content = self.parse_content_to_nodes()
        items = [item for each in content for item in each.children]
        faults = list(_faults(content, items))
        for fault in faults:
            place = self.get_location()
            logger.warning(f"question: {fault}", location=place, type="quiz")
        if faults:
            return content
        right = [_is_right(item) for item in items].index(True)
        name = self.name_of(items)
        questions = self.env.metadata[self.env.docname].setdefault("questions", {})
        questions[name] = right
        question = quiz_box(
            "", tag="fieldset", right=right, ids=[name], classes=["quiz"]
        )
        question += [self.text("legend"), _choices(name, items), self.answers(items)]
        return [question]

    def name_of(self, items: list[nodes.Node]) -> str:
        """Name the question by its English text and choices.

        Answers are kept under this name. A question may change its place, its explanations or
        its language and keep it; one that asks something else is a new one.
        """
        asked = [self.arguments[0], *(item[0].rawsource for item in items)]
        digest = sha256("\n".join(asked).encode()).hexdigest()
        return f"question-{digest[:8]}"

    def text(self, tag: str) -> nodes.paragraph:
        """Make the question's own text, which a translator finds like any paragraph."""
        parsed, _ = self.parse_inline(self.arguments[0], lineno=self.lineno)
        return self.placed(quiz_text(self.arguments[0], "", *parsed, tag=tag))

    def answers(self, items: list[nodes.Node]) -> nodes.container:
        """Fold the explanations away, each after the word that judges its choice."""
        explained = nodes.enumerated_list(enumtype="upperalpha")
        for item in items:
            said = "Right." if _is_right(item) else "Wrong."
            verdict = self.placed(nodes.paragraph(said, said))
            verdict["classes"] = ["quiz-verdict", f"quiz-{said[:-1].lower()}"]
            explained += nodes.list_item("", verdict, *item.children[1:])
        fold = quiz_box("", tag="details", classes=["quiz-answers"])
        fold += [self.placed(quiz_text("Answers", "Answers", tag="summary")), explained]
        return fold

    def placed(self, node: nodes.Element) -> nodes.Element:
        """Say where a node comes from; without it, its text is not translated."""
        node.source, node.line = self.get_source_info()
        return node


def _is_right(item: nodes.Element) -> bool:
    return MARK.match(item[0].astext())[1] == "x"


def _faults(content: list[nodes.Node], items: list[nodes.Node]) -> Iterator[str]:
    """Say, in a sentence each, what is wrong with the choices."""
    if not all(isinstance(each, nodes.bullet_list) for each in content):
        yield "below the question stands nothing but the list of its choices"
        return
    unmarked = [each for each in items if not MARK.match(each.astext())]
    for item in unmarked:
        yield f'the choice "{_first_line(item)}" begins neither with [ ] nor with [x]'
    if unmarked:
        return
    if len(items) < FEWEST:
        yield f"there are {len(items)} choices; {FEWEST} are the fewest"
    right = sum(map(_is_right, items))
    if right != 1:
        yield f"{right} choices are right; it must be one"
    for item in items:
        if len(item) < 2:
            yield f'the choice "{_first_line(item)}" has no paragraph that explains it'


def _first_line(item: nodes.Node) -> str:
    return item.astext().partition("\n")[0]


def _choices(group: str, items: list[nodes.Node]) -> nodes.enumerated_list:
    """List the choices without their marks."""
    listed = nodes.enumerated_list(enumtype="upperalpha", classes=["quiz-choices"])
    for place, item in enumerate(items):
        text = item[0]
        first = nodes.Text(MARK.sub("", text[0].astext(), count=1))
        raw = MARK.sub("", text.rawsource, count=1)
        each = quiz_choice(raw, "", first, *text.children[1:], group=group, place=place)
        each.source, each.line = text.source, text.line
        listed += nodes.list_item("", each)
    return listed


def visit_tagged(self: HTML5Translator, node: nodes.Element) -> None:
    """Open the element."""
    right = {"data-right": str(node["right"])} if "right" in node else {}
    self.body.append(self.starttag(node, node["tag"], "", **right))


def depart_tagged(self: HTML5Translator, node: nodes.Element) -> None:
    """Close the element."""
    self.body.append(f"</{node['tag']}>\n")


def visit_choice(self: HTML5Translator, node: quiz_choice) -> None:
    """Open the label of a radio button, which comes first."""
    button = f'<input type="radio" name="{node["group"]}" value="{node["place"]}">'
    self.body.append(f"<label>{button}<span>")


def depart_choice(self: HTML5Translator, node: quiz_choice) -> None:
    """Close the label."""
    self.body.append("</span></label>\n")


def enliven(
    app: Sphinx, page: str, template: str, context: dict, doctree: nodes.document | None
) -> None:
    """Give a page that asks something the script that answers."""
    if doctree is not None and any(doctree.findall(quiz_choice)):
        add_script(app, "quiz")


def setup(app: Sphinx) -> dict[str, bool]:
    """Register the directive, its nodes and the stylesheet."""
    app.add_node(quiz_box, html=(visit_tagged, depart_tagged))
    app.add_node(quiz_text, html=(visit_tagged, depart_tagged))
    app.add_node(quiz_choice, html=(visit_choice, depart_choice))
    app.add_directive("question", Question)
    # Jupyter Book adds every stylesheet by itself, at this priority: equal entries are kept once.
    app.add_css_file("quiz.css", priority=800)
    app.connect("html-page-context", enliven)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
