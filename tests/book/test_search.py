"""Search: what a reader types into the book, opened from disk, leads to its definition."""

import pytest

from tests.book.test_pages import BUILT

pytestmark = pytest.mark.browser

DEFINED = {
    "padding": "nn/padding.html#term-padding",
    "填充": "nn/padding.html#term-padding",
    "卷积": "nn/convolution.html#term-convolution",
    "步幅": "nn/padding.html#term-stride",
    "交并比": "detection/boxes.html#term-intersection-over-union",
    "receptive field": "nn/padding.html#term-receptive-field",
    "U-Net": "segmentation/unet.html",
}
"""What is typed, and what is to come first."""

MENTIONED = {"IoU": "detection/boxes.html", "nms": "detection/suppression.html"}
"""What is typed, and what is to be among the results."""


def results(page) -> list[str]:
    """Where the results lead, once the search says that it has finished."""
    page.wait_for_function("document.querySelector('.search-summary')?.innerText")
    links = "links => links.map(link => link.getAttribute('href'))"
    return page.eval_on_selector_all("#search-results li a", links)


def search(page, words: str) -> list[str]:
    page.goto(f"{(BUILT / 'search.html').as_uri()}?q={words}")
    return results(page)


@pytest.mark.parametrize("words", ["padding", "填充"])
def test_a_reader_searches_from_a_page(open_page, words):
    page = open_page(BUILT / "nn" / "pooling.html")
    page.keyboard.press("Control+K")
    page.wait_for_selector("dialog[open] input")
    page.keyboard.type(words)
    page.keyboard.press("Enter")
    page.wait_for_url("**/search.html?q=*")
    assert results(page)[0] == DEFINED[words]
    assert not page.heard


def test_a_term_leads_to_its_definition_first(open_page):
    page = open_page(BUILT / "search.html")
    assert {words: search(page, words)[0] for words in DEFINED} == DEFINED


def test_an_abbreviation_is_found(open_page):
    page = open_page(BUILT / "search.html")
    for words, there in MENTIONED.items():
        assert there in search(page, words)


def test_what_is_nowhere_is_not_found(open_page):
    assert not search(open_page(BUILT / "search.html"), "quokkas")
