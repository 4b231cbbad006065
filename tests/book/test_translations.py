"""Translations: the Chinese edition says what the English one says, and each leads to the other."""

import re
from pathlib import Path

import pytest
from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po
from edition import COUNTED, Chinese
from playwright.sync_api import expect
from translations import CATALOGUES, Coverage

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "_build" / "html"
CHINESE = BUILT / "zh_CN"
TRANSLATED = sorted(
    path.relative_to(CATALOGUES).with_suffix("").as_posix()
    for path in CATALOGUES.rglob("*.po")
    if path.stem != "sphinx"
)
PROMISED = {"intro", "nn/convolution", "nn/pooling"}
HELD = re.compile(r"\{[\w:]+\}`[^`]*`|`[^`]+`|\$[^$]+\$")
"""What a translation keeps as it is: roles, code and formulas."""


def text(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def ids(page: Path) -> set[str]:
    """Names that a link to a heading, a term, a figure or a question may lead to."""
    return set(
        re.findall(r'<(?:section|strong|figure|fieldset)[^>]* id="([^"]+)"', text(page))
    )


def entries(page: str) -> list:
    with (CATALOGUES / f"{page}.po").open(encoding="utf-8") as file:
        return [entry for entry in read_po(file) if entry.id]


def row(page: str) -> list[str]:
    """A page's row of the table: state, texts, missing, changed."""
    found = re.findall(
        r"<tr[^>]*>(.*?)</tr>", text(BUILT / "translations.html"), re.DOTALL
    )
    [cells] = (each for each in found if f'href="{page}.html"' in each)
    return [
        re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<p>(.*?)</p>", cells)[1:]
    ]


def test_the_promised_pages_are_translated():
    assert set(TRANSLATED) >= PROMISED


@pytest.mark.parametrize("page", TRANSLATED)
def test_a_translated_page_is_complete(page):
    """After a change of the English: make catalogues, then translate what is empty or fuzzy."""
    state, _, missing, changed = row(page)
    assert (state, missing, changed) == ("translated", "0", "0")
    assert not [entry.id for entry in entries(page) if entry.fuzzy or not entry.string]


@pytest.mark.parametrize("page", TRANSLATED)
def test_a_translation_keeps_roles_code_and_formulas(page):
    """Their order may change, and a link may have other words; what they lead to may not."""

    def held(said: str) -> list[str]:
        return sorted(re.sub(r"`.*<", "`<", each) for each in HELD.findall(said))

    wrong = [e.id for e in entries(page) if held(e.id) != held(e.string)]
    assert not wrong


@pytest.mark.parametrize("page", TRANSLATED)
def test_an_anchor_is_the_same_in_both_languages(page):
    assert ids(BUILT / f"{page}.html") == ids(CHINESE / f"{page}.html")


def test_only_translated_pages_are_written():
    pages = {
        p.relative_to(CHINESE).with_suffix("").as_posix()
        for p in CHINESE.rglob("*.html")
    }
    made = {
        "index",
        "search",
        "genindex",
        "_static/webpack-macros",
        "_static/sbt-webpack-macros",
    }
    assert pages - made == set(TRANSLATED)


def test_a_page_that_is_not_translated_is_english_and_leads_back():
    state, texts, missing, _ = row("nn/padding")
    assert (state, missing) == ("missing", texts)
    assert 'href="../../nn/padding.html"' in text(CHINESE / "nn" / "convolution.html")
    assert 'href="../zh_CN/intro.html" lang="zh-CN"' in text(
        BUILT / "nn" / "padding.html"
    )


@pytest.mark.parametrize(
    ("fuzzy", "missing", "state"),
    [(0, 0, "translated"), (1, 0, "stale"), (0, 1, "stale"), (0, 5, "missing")],
)
def test_a_page_is_stale_as_soon_as_one_text_is(fuzzy, missing, state):
    assert Coverage("page", 5, fuzzy, missing).state == state


def test_a_changed_text_becomes_fuzzy(tmp_path, monkeypatch):
    import translations

    from book import editions

    monkeypatch.setattr(translations, "CATALOGUES", tmp_path)
    said = "The window moves over the image, one place at a time."
    known, new = Catalog("zh_CN"), Catalog()
    known.add(said, "窗口在图像上移动。")
    new.add(said.replace("one place", "two places"))
    for path, catalogue in (
        (tmp_path / "page.po", known),
        (tmp_path / "page.pot", new),
    ):
        with path.open("wb") as file:
            write_po(file, catalogue)
    editions.renew("page", tmp_path / "page.pot")
    [entry] = (entry for entry in translations.read("page") if entry.id)
    assert entry.fuzzy
    assert entry.string == "窗口在图像上移动。"


def test_what_the_cards_count_is_translated():
    assert COUNTED.sub("x", "3 chapters · 1 task · 2 playable figures") == "x · x · x"
    cards = re.findall(r"book-extent[^>]*>(.*?)<", text(CHINESE / "intro.html"))
    assert cards
    assert not [card for card in cards if re.search("[a-z]", card)]


def test_chinese_is_indexed_by_pairs():
    assert Chinese({}).split("用padding填充图") == [
        "padding",
        *"用填充图",
        "填充",
        "充图",
    ]


# What a reader meets in a browser.


@pytest.mark.browser
@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_the_switch_keeps_the_page_and_the_place(open_page, width, theme):
    viewport = {"width": width, "height": 900}
    page = open_page(
        BUILT / "nn" / "pooling.html", viewport=viewport, color_scheme=theme
    )
    page.evaluate("location.hash = '#pool-backward'")
    link = page.locator(".language-switch a")
    expect(link).to_have_attribute("lang", "zh-CN")
    link.click()
    page.wait_for_url("**/zh_CN/nn/pooling.html#pool-backward")
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN")
    expect(page.locator("article h1")).to_contain_text("池化")
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    expect(link).to_have_attribute("lang", "en")
    link.click()
    page.wait_for_url(re.compile(r"/html/nn/pooling\.html#pool-backward$"))
    expect(page.locator("html")).to_have_attribute("lang", "en")
    assert not page.heard


@pytest.mark.browser
def test_the_switch_needs_no_script_and_marks_the_language(open_page):
    page = open_page(CHINESE / "nn" / "convolution.html", java_script_enabled=False)
    marked = page.locator(".language-switch [aria-current]")
    expect(marked).to_have_text("中文")
    expect(marked).to_have_attribute("lang", "zh-CN")
    page.locator(".language-switch a").click()
    page.wait_for_url(re.compile(r"/html/nn/convolution\.html$"))
    expect(page.locator(".language-switch [aria-current]")).to_have_text("English")


@pytest.mark.browser
@pytest.mark.parametrize(
    ("edition", "query", "found"),
    [
        (BUILT, "填充", "nn/padding.html"),
        (CHINESE, "填充", "../nn/padding.html"),
        (CHINESE, "padding", "../nn/padding.html"),
        (CHINESE, "最大池化", "nn/pooling.html"),
    ],
)
def test_search_finds_the_page_in_both_editions(open_page, edition, query, found):
    page = open_page(edition / "search.html")
    page.goto(f"{(edition / 'search.html').as_uri()}?q={query}")
    link = page.locator(f'#search-results a[href^="{found}"]').first
    expect(link).to_be_attached()
    target = edition / found
    assert target.resolve().exists()
