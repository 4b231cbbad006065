"""Scripts: modules of ``_static/scripts`` that travel inside the pages that need them.

A page opened from disk may not load its neighbours as modules, since a browser takes every file for
an origin of its own. So a script stands in the page, and what it imports by ``dlcourse/<name>`` in
a data URL within it. Two scripts that import the same module share it, since its URL is the same.
"""

import re
from base64 import b64encode
from pathlib import Path

from sphinx.application import Sphinx

IMPORT = re.compile(r'from "dlcourse/([\w-]+)"')


def script(folder: Path, name: str) -> str:
    """Read a module, with the modules it imports inside."""
    text = (folder / f"{name}.mjs").read_text(encoding="utf-8")
    return IMPORT.sub(lambda found: f'from "{_url(folder, found[1])}"', text)


def _url(folder: Path, name: str) -> str:
    text = b64encode(script(folder, name).encode()).decode()
    return f"data:text/javascript;base64,{text}"


def add_script(app: Sphinx, name: str) -> None:
    """Put a script into the page that is being written."""
    body = script(Path(app.srcdir, "_static", "scripts"), name)
    app.add_js_file(None, type="module", body=body)
