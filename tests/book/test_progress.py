"""Progress: what is read and answered is kept, marked, saved, loaded and cleared."""

import json
from pathlib import Path

import pytest

from tests.book.asking import ASK, BOOK, INDEX, build

FILLER = "A line.\n\n" * 80

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def book(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("asking")
    asks = f"{ASK}\n\n{ASK.replace('Three', 'Six')}\n\n## Exercise\n\n{FILLER}"
    warnings = build(
        folder,
        index=INDEX,
        convolution=f"# Convolution\n\n{FILLER}## Check yourself\n\n{asks}",
        schedules=f"# Schedules\n\n{FILLER}{ASK.replace('Three', 'One')}\n",
        progress=(BOOK / "progress.md").read_text(encoding="utf-8"),
    )
    assert warnings == ""
    return folder / "_build" / "html"


@pytest.fixture
def page(book, open_page):
    page = open_page(book / "convolution.html", viewport={"width": 1280, "height": 900})
    page.show = lambda name: page.goto((book / f"{name}.html").as_uri())
    yield page
    assert not page.heard


def answer(page, place: int, question: int = 0) -> None:
    fieldset = page.locator("fieldset.quiz").nth(question)
    fieldset.locator("input").nth(place).check()
    fieldset.get_by_role("button").click()


def said(page, question: int = 0) -> str:
    status = page.locator("fieldset.quiz").nth(question).get_by_role("status")
    return " ".join(status.inner_text().split())


def read_to_the_end(page) -> None:
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    page.wait_for_selector(".progress-mark", state="attached")


def rows(page) -> list[list[str]]:
    page.show("progress")
    page.wait_for_selector(".progress-actions")
    found = page.locator("table.progress-table tbody tr").all()
    return [[cell.inner_text() for cell in row.locator("td").all()] for row in found]


def stored(page) -> list[list[str]]:
    """The rows once the answer is in them: a busy browser stores a moment later."""
    for _ in range(20):
        found = rows(page)
        if any("1 of 2" in row for row in found):
            break
    return found


def load(page, file: Path) -> str:
    page.show("progress")
    page.locator(".progress-actions input").set_input_files(file)
    page.wait_for_function("document.querySelector('p[role=status]').textContent")
    return page.locator("p[role=status]").inner_text()


def test_the_chosen_answer_explains_itself(page):
    assert said(page) == ""
    answer(page, 0)
    assert said(page) == "Wrong. That is one and two."
    answer(page, 1)
    assert said(page) == "Right. That is right."
    assert page.locator("fieldset.quiz [data-verdict=right]").count() == 1
    assert "1 of 2 right." in page.locator(".quiz-score").inner_text()


def test_without_a_choice_it_asks_for_one(page):
    page.locator(".quiz-check").first.click()
    assert said(page) == "Choose an answer first."


def test_the_keyboard_is_enough(page):
    page.locator("fieldset.quiz input").first.focus()
    for key in ("Space", "ArrowDown"):
        page.keyboard.press(key)
    assert said(page) == ""  # the arrows choose, and do not answer
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert said(page).startswith("Right.")


def test_a_phone_is_enough(book, open_page):
    size = {"width": 390, "height": 800}
    page = open_page(book / "convolution.html", viewport=size, has_touch=True)
    page.locator("fieldset.quiz label").first.tap()
    page.locator(".quiz-check").first.tap()
    assert said(page).startswith("Wrong.")
    wide = "document.documentElement.scrollWidth"
    assert page.evaluate(wide) <= 390
    page.goto((book / "progress.html").as_uri())
    assert page.evaluate(wide) <= 390


def test_answers_survive_a_reload(page):
    answer(page, 2)
    answer(page, 1, question=1)
    page.reload()
    assert said(page) == "Wrong. That is two and three."
    assert page.locator("fieldset.quiz").first.locator("input").nth(2).is_checked()
    assert said(page, 1).startswith("Right.")


def test_the_first_answer_is_kept_beside_the_last(page):
    for place in (2, 0, 1):
        answer(page, place)
    kept = json.loads(page.evaluate("localStorage['dlcourse.progress.1']"))
    [given] = kept["pages"]["convolution"]["questions"].values()
    assert given == {"first": 2, "last": 1}


def test_a_page_is_read_when_its_end_has_been_in_sight(page):
    page.wait_for_timeout(1200)
    assert page.locator(".progress-mark").count() == 0
    read_to_the_end(page)
    page.show("schedules")
    [marked] = page.locator(".bd-links a:has(.progress-mark)").all()
    assert marked.text_content() == "Convolution (read)"


def test_the_page_on_progress_counts(page):
    answer(page, 1)
    read_to_the_end(page)
    today = page.evaluate("new Date().toISOString().slice(0, 10)")
    assert rows(page) == [
        ["Convolution", today, "1 of 2", "", ""],
        ["Schedules", "", "0 of 1", "", ""],
    ]
    assert "1 of 2 pages read" in page.locator(".progress-part").inner_text()
    assert not page.locator(".progress-unkept").is_visible()
    assert not page.locator(".progress-without").is_visible()


def test_a_saved_file_brings_everything_back(page, tmp_path):
    answer(page, 1)
    read_to_the_end(page)
    before = rows(page)
    with page.expect_download() as download:
        page.get_by_role("button", name="Save to a file").click()
    download.value.save_as(tmp_path / "progress.json")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.get_by_role("button", name="Clear everything").click()
    assert len(asked) == 1
    assert rows(page)[0] == ["Convolution", "", "0 of 2", "", ""]
    assert load(page, tmp_path / "progress.json") == "The file is loaded."
    assert rows(page) == before


def test_clearing_can_be_called_off(page):
    answer(page, 1)
    before = rows(page)
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="Clear everything").click()
    assert rows(page) == before


def test_checks_of_the_exercises_are_added_to_what_is_here(page, tmp_path):
    """The schedules' tasks stand in the exercise on optimizers."""
    answer(page, 1)
    done = {"passed": 4, "of": 7, "points": 6.5, "worth": 12}
    record = {"version": 1, "pages": {}, "exercises": {"optimizers": done}}
    (tmp_path / "checks.json").write_text(json.dumps(record))
    assert load(page, tmp_path / "checks.json") == "The file is loaded."
    assert rows(page) == [
        ["Convolution", "", "1 of 2", "", ""],
        ["Schedules", "", "0 of 1", "4 of 7", "6.5 of 12"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "null",
        '{"version": 2, "pages": {}, "exercises": {}}',
        '{"version": 1, "pages": [], "exercises": {}}',
        '{"version": 1, "pages": {"nn/x": {"read": 3}}, "exercises": {}}',
        '{"version": 1, "pages": {}, "exercises": {"x": {"passed": "<b>"}}}',
    ],
)
def test_a_strange_file_is_refused_and_nothing_is_lost(page, tmp_path, text):
    answer(page, 1)
    before = stored(page)
    (tmp_path / "strange.json").write_text(text)
    said = load(page, tmp_path / "strange.json")
    assert said == "strange.json is no file of progress; nothing was changed."
    assert rows(page) == before


CLOSED = """
for (const name of ["getItem", "setItem", "removeItem"]) {
  Storage.prototype[name] = () => { throw new DOMException("closed", "SecurityError"); };
}
"""
FULL = "Storage.prototype.setItem = () => { throw new DOMException('full'); };"


@pytest.mark.parametrize("store", [CLOSED, FULL])
def test_without_a_store_everything_works_and_says_so(page, tmp_path, store):
    page.add_init_script(store)
    page.reload()
    answer(page, 0)
    answer(page, 1)
    assert said(page).startswith("Right.")
    assert "1 of 2 right." in page.locator(".quiz-score").inner_text()
    read_to_the_end(page)
    assert rows(page)[0] == ["Convolution", "", "0 of 2", "", ""]
    assert page.locator(".progress-unkept").is_visible()
    page.heard.clear()  # the theme's own scripts do not do without a store


def test_without_scripts_the_answers_are_in_a_fold(book, open_page):
    page = open_page(book / "convolution.html", java_script_enabled=False)
    fold = page.locator("fieldset.quiz details").first
    assert page.locator("fieldset.quiz input").first.is_visible()
    fold.locator("summary").click()
    assert fold.get_by_text("That is two and three.").is_visible()
    page.goto((book / "progress.html").as_uri())
    assert page.locator(".progress-without").is_visible()
    assert not page.locator(".progress-unkept").is_visible()


@pytest.mark.parametrize("scripts", [True, False])
def test_on_paper_every_answer_is_explained(book, open_page, scripts):
    page = open_page(book / "convolution.html", java_script_enabled=scripts)
    page.emulate_media(media="print")
    explained = page.locator("fieldset.quiz").first.locator("li > .quiz-verdict")
    assert [each.is_visible() for each in explained.all()] == [True] * 3
