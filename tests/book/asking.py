"""A small book with questions, for the tests of quizzes and of progress."""

import subprocess
import sys
from pathlib import Path

BOOK = Path(__file__).parents[2] / "book"

CONF = f"""
import sys
sys.path.insert(0, {str(BOOK / "_extensions")!r})
extensions = ["myst_parser", "quiz", "progress"]
myst_enable_extensions = ["colon_fence"]
html_theme = "sphinx_book_theme"
html_static_path = ["_static"]
html_context = {{"default_mode": "auto"}}
locale_dirs = ["locale"]
"""

INDEX = """# A book

```{toctree}
:caption: Layers
convolution
schedules
```

```{toctree}
:caption: Reference
progress
```
"""

ASK = """:::{question} How much is *two* and two?
:check: 2 + 2 == 4

- [ ] Three

  That is one and two.
- [x] Four

  That is [right](schedules.md).
- [ ] Five

  That is two and three.
:::"""


def build(source: Path, builder: str = "html", *options: str, **pages: str) -> str:
    """Build a book of the given pages below ``source``; answer what Sphinx warned of."""
    source.mkdir(exist_ok=True)
    (source / "conf.py").write_text(CONF)
    (source / "_static").unlink(missing_ok=True)
    (source / "_static").symlink_to(BOOK / "_static")
    for name, text in pages.items():
        (source / f"{name}.md").write_text(text, encoding="utf-8")
    target = source / "_build" / builder
    command = [sys.executable, "-m", "sphinx", "-q", *options, "-b", builder]
    done = subprocess.run([*command, source, target], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stderr
