"""Build the book's other edition, or the catalogues from which it is translated.

    python -m book.editions build
    python -m book.editions catalogues [page ...]

``build`` makes the Chinese edition beside the English one, which must be built: no page is executed
again, since what the cells show is taken from the English book's cache. ``catalogues`` extracts the
texts of all pages, brings the catalogues of the translated pages up to date, and begins one for
each page that is named.
"""

import argparse
import shutil
import sys
from pathlib import Path

import yaml
from babel.messages.pofile import read_po, write_po
from jupyter_book.sphinx import build_sphinx

BOOK = Path(__file__).parent
CONFIG = BOOK.parent / "_config.yml"
BUILT = BOOK.parent / "_build"

sys.path.insert(0, str(BOOK / "_extensions"))
from translations import CATALOGUES, LANGUAGE, catalogue_path, read  # noqa: E402

APART = {"parallel", "sphinx-mathjax-offline"}
"""Extensions for the English book alone: its results and its MathJax are used again."""

SHARED = {
    "latex_individualpages": False,  # Jupyter Book's command sets it
    "external_toc_path": str(BOOK / "_toc.yml"),
    "nb_execution_cache_path": str(BUILT / ".jupyter_cache"),
    "locale_dirs": ["locale"],
    "gettext_compact": False,
    "gettext_location": False,
}

CHINESE = {
    "language": LANGUAGE,
    "numfig_format": {"code-block": "代码 %s"},
    "nb_code_prompt_show": "显示代码",
    "nb_code_prompt_hide": "隐藏绘图代码",
}


def run(builder: str, to: Path, added: list[str], **settings: object) -> bool:
    """Run one of Sphinx's builders over the book; tell whether nothing was wrong."""
    config = yaml.safe_load(CONFIG.read_text(encoding="utf-8"))["sphinx"]["config"]
    kept = [name for name in config["extensions"] if name not in APART]
    code = build_sphinx(
        BOOK,
        to,
        path_config=CONFIG,
        noconfig=True,
        confoverrides={**SHARED, **settings, "extensions": kept + added},
        doctreedir=to.parent / ".doctrees",
        builder=builder,
        force_all=True,
        quiet=True,
        warningiserror=builder
        == "html",  # a catalogue can be begun while a page is written
        keep_going=True,
    )
    return code == 0


def build() -> bool:
    """Build the Chinese edition into its folder of the built book."""
    made, place = BUILT / LANGUAGE / "html", BUILT / "html" / LANGUAGE
    if not run("html", made, ["edition"], **CHINESE):
        return False
    shutil.rmtree(place, ignore_errors=True)
    shutil.copytree(made, place, ignore=shutil.ignore_patterns(".buildinfo"))
    return True


def catalogues(begun: list[str]) -> bool:
    """Extract all texts, and bring the catalogues up to date."""
    templates = BUILT / "gettext" / "pot"
    if not run("gettext", templates, ["translations"]):
        return False
    translated = {
        path.relative_to(CATALOGUES).with_suffix("").as_posix()
        for path in CATALOGUES.rglob("*.po")
    }
    for page in sorted(translated.union(begun)):
        template = templates / f"{page}.pot"
        if template.exists():
            renew(page, template)
    return True


def renew(page: str, template: Path) -> None:
    """Give a catalogue the texts of today; translations of texts like them are marked fuzzy."""
    path, catalogue = catalogue_path(page), read(page)
    with template.open(encoding="utf-8") as file:
        catalogue.update(read_po(file), update_creation_date=False)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        write_po(file, catalogue, ignore_obsolete=True, include_previous=True)


def main() -> int:
    """Read the command line and do what it says."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("build")
    extract = commands.add_parser("catalogues")
    extract.add_argument("pages", nargs="*", help="pages to translate: nn/padding")
    asked = parser.parse_args()
    done = build() if asked.command == "build" else catalogues(asked.pages)
    return 0 if done else 1


if __name__ == "__main__":
    sys.exit(main())
