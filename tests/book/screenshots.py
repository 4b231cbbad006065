"""Take the pictures of the built book that the README shows: make screenshots."""

from pathlib import Path

from playwright.sync_api import sync_playwright

from tests.book.chromium import CHROMIUM, QUIET

ROOT = Path(__file__).parents[2]
PICTURES = {"landing": "intro.html", "convolution": "nn/convolution.html"}


def main() -> None:
    """Open each page at desktop width and save what a reader sees first."""
    folder = ROOT / "book" / "_static" / "screenshots"
    folder.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        for name, page in PICTURES.items():
            tab = browser.new_page(viewport={"width": 1280, "height": 1100})
            tab.goto((ROOT / "_build" / "html" / page).as_uri())
            tab.evaluate("window.MathJax?.startup?.promise")
            tab.wait_for_timeout(1000)  # the theme makes room for margin notes
            tab.screenshot(path=folder / f"{name}.png")
        browser.close()


if __name__ == "__main__":
    main()
