"""Places: the line of links that ends a chapter, to its code, tests, exercise and solution.

    :::{places} nn/convolution
    :::

The files are copied into the built book, so the links work from a disk without a network. A file
that is missing is a Sphinx warning.
"""

from pathlib import Path

from docutils import nodes
from sphinx import addnodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

ROOT = Path(__file__).parents[2]

SHARED_EXERCISES = {
    "schedules": "optimizers",
    **dict.fromkeys(("lenet", "alexnet", "vgg", "nin"), "anatomy"),
    **dict.fromkeys(("inception", "densenet", "mobilenet", "efficientnet"), "resnet"),
    **dict.fromkeys(("localization", "suppression"), "boxes"),
    "ssd": "anchors",
    "rcnn": "roi",
    "fcn": "unet",
    **dict.fromkeys(("visualization", "feedforward"), "gatys"),
}
"""Pages whose tasks stand in a neighbour's exercise: page to exercise."""


def files(page: str) -> dict[str, list[Path]]:
    """List a page's files outside the book, by what they are."""
    topic, name = page.split("/")
    module = ROOT / "dlcourse" / topic / f"{name}.py"
    package = ROOT / "dlcourse" / topic / name
    exercise = SHARED_EXERCISES.get(name, name)
    return {
        "Code": [module] if module.exists() else sorted(package.glob("[!_]*.py")),
        "Tests": [ROOT / "tests" / topic / f"test_{name}.py"],
        "Exercise": [ROOT / "exercises" / exercise / f"{exercise}.ipynb"],
        "Solution": [ROOT / "solutions" / exercise / f"{exercise}.ipynb"],
    }


class Places(SphinxDirective):
    """Link one page to its other four places."""

    required_arguments = 1

    def run(self) -> list[nodes.Node]:
        """Make one paragraph of download links."""
        paragraph = nodes.paragraph(classes=["places"])
        for kind, paths in files(self.arguments[0]).items():
            paragraph += nodes.strong(text=f"{kind} ")
            for path in paths:
                paragraph += self.link(path)
                paragraph += nodes.Text(" ")
        return [paragraph]

    def link(self, path: Path) -> nodes.Node:
        """Link a file that Sphinx copies into the book."""
        source = Path(self.env.doc2path(self.env.docname)).parent
        target = Path(
            *[".."] * len(source.relative_to(ROOT).parts), path.relative_to(ROOT)
        )
        reference = addnodes.download_reference(
            reftarget=target.as_posix(), refdoc=self.env.docname
        )
        reference += nodes.literal(text=path.name)
        return reference


def setup(app: Sphinx) -> dict:
    """Register the directive."""
    app.add_directive("places", Places)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
