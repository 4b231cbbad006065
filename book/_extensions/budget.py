"""Budget: every page runs its cells, none is skipped, and each stays within its seconds.

A page that runs nothing shows nothing that anyone has checked, and a page that grows slower with
every edit is one day not run at all. Each breach is a Sphinx warning, and the build takes warnings
for errors.

Config:  page_budget_seconds, for one page; book_budget_seconds, for all
"""

from pathlib import Path

from parallel import at_once
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

logger = logging.getLogger(__name__)


def warn(message: str, page: str) -> None:
    """Report a breach at the page it belongs to."""
    logger.warning(message, location=page, type="dlcourse", subtype="budget")


def check_pages(app: Sphinx, env: BuildEnvironment) -> None:
    """Look at what each page executed, once all are read."""
    total = 0.0
    for page in sorted(env.found_docs):
        source = Path(env.doc2path(page)).read_text(encoding="utf-8")
        execution = env.nb_metadata.get(page, {}).get("exec_data")
        # Pages of a topic lie in its folder; those beside them (the introduction, the
        # bibliography) and the docstrings may be text.
        chapter = "/" in page and not page.startswith("api/")
        if chapter and (execution is None or "{code-cell}" not in source):
            warn("this page runs no cell; a chapter shows only what it computes", page)
        if "skip-execution" in source:
            warn(
                "a cell is tagged skip-execution; a chapter runs every cell it shows",
                page,
            )
        if execution is None:
            continue
        seconds = execution["runtime"] or 0.0
        total += seconds
        if seconds > app.config.page_budget_seconds:
            limit = app.config.page_budget_seconds
            warn(f"this page ran for {seconds:.0f} s; its budget is {limit} s", page)
    width, limit = at_once(len(env.found_docs)), app.config.book_budget_seconds
    if total / width > limit:
        took = f"all pages take {total / width:.0f} s, {width} at once"
        warn(f"{took}; the book's budget is {limit} s", "intro")


def setup(app: Sphinx) -> dict:
    """Register the check."""
    app.add_config_value("page_budget_seconds", 60, "env")
    app.add_config_value("book_budget_seconds", 900, "env")
    app.connect("env-check-consistency", check_pages)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}
