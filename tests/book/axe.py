"""Axe: the accessibility faults that axe-core finds in an open page.

The script comes with the package axe-playwright-python. Where that is not installed, nothing is
found, and test_accessibility.py says so.
"""

from importlib.util import find_spec
from pathlib import Path

from playwright.sync_api import Page

__all__ = ["CONTRAST", "RULES", "SCRIPT", "SILENT", "faults"]

_found = find_spec("axe_playwright_python")
SCRIPT = Path(_found.origin).with_name("axe.min.js") if _found else None
"""Where axe-core lies, ``None`` where there is none."""

CONTRAST = ["color-contrast"]
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
"""What is asked: the criteria of WCAG, contrast among them."""

SILENT = """
[...document.querySelectorAll(".playable-live :is(canvas, svg)")]
  .filter((e) => !e.closest("[aria-hidden=true]"))
  .filter((e) => !e.querySelector("[aria-label]"))
  .filter((e) => !e.closest("[aria-label]:not(figure)"))
  .map((e) => e.outerHTML.slice(0, 99))
"""
"""Finds drawings of playable figures without a name, which axe does not ask for."""

# A formula is many elements with the colour of the text around it, and a word of code is of one of
# a handful of colours. They are most of a page, and axe looks at each element for a while.
PLAIN = """
for (const element of document.querySelectorAll("mjx-container, .highlight span"))
  element.replaceWith(element.textContent);
"""

RUN = """
async (values) => {
  // Not preloaded: a page opened from disk may not fetch its styles, and says so.
  const asked = { runOnly: values, resultTypes: ["violations"], preload: false };
  const found = await axe.run(asked);
  const serious = found.violations.filter((v) => /serious|critical/.test(v.impact));
  return serious.map((v) => `${v.id}: ${v.nodes.map((n) => n.html).join(" ")}`);
}
"""


def faults(page: Page, rules: list[str], whole: bool = False) -> list[str]:
    """Name the serious and critical faults of a page; formulas and code count if it is ``whole``.

    The page is of no use afterwards but to be asked again.
    """
    if SCRIPT is None:
        return []
    if not whole:
        page.evaluate(PLAIN)
    if not page.evaluate("'axe' in window"):
        page.evaluate(SCRIPT.read_text(encoding="utf-8"))
    return page.evaluate(RUN, rules)
