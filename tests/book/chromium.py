"""Chromium: where it is, and the switches that keep it still."""

import os
import shutil

__all__ = ["CHROMIUM", "QUIET"]

NAMES = ("chromium", "chromium-browser", "google-chrome")

CHROMIUM = os.environ.get("DLCOURSE_CHROMIUM") or next(
    filter(None, map(shutil.which, NAMES)), None
)
"""Path of the browser, ``None`` where there is none."""

QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
"""Its switches: no window, and no word to anybody."""
