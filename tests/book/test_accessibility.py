"""Accessibility: what a person meets who reads by ear, by keyboard or with weak eyes.

Every page's faults are looked for in test_pages.py, where each is open anyway. Here is what needs
to be seen whole or in a state of its own.
"""

import pytest

from tests.book.axe import CONTRAST, RULES, SCRIPT, SILENT, faults
from tests.book.test_pages import BUILT

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        SCRIPT is None, reason="no axe-core: pip install axe-playwright-python"
    ),
]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_code_and_formulas_are_legible(open_page, theme):
    page = open_page(BUILT / "nn" / "pooling.html", color_scheme=theme)
    page.wait_for_selector("mjx-container")
    assert not faults(page, CONTRAST, whole=True)


def test_the_open_search_has_no_fault(open_page):
    page = open_page(BUILT / "intro.html", viewport={"width": 1280, "height": 800})
    page.keyboard.press("Control+K")
    page.wait_for_selector("dialog[open] input")
    assert not faults(page, RULES)


def test_faults_would_be_found(open_page, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        '<html lang="en"><title>t</title><p style="color: #aaa">faint</p>'
        '<img src="data:,"><dt>alone</dt>'
    )
    found = [fault.partition(":")[0] for fault in faults(open_page(page), RULES)]
    assert found == ["color-contrast", "dlitem", "image-alt"]


def test_a_drawing_without_a_name_would_be_found(open_page, tmp_path):
    page = tmp_path / "page.html"
    page.write_text(
        '<figure aria-label="all"><div class="playable-live"><canvas id="silent"></canvas>'
        '<svg aria-label="named"></svg><svg aria-hidden="true"></svg></div></figure>'
    )
    [silent] = open_page(page).evaluate(SILENT)
    assert "silent" in silent
