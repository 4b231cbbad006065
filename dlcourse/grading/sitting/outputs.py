"""Outputs: what the cells showed, as outputs of a notebook that harm no reader.

A worker's word again: types, sizes and pictures are checked, and all that is neither
text nor PNG is left out. A page shows text as text, whatever stands in it.
"""

import base64
import binascii
import struct
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_output

from dlcourse.grading.worker.record import LONGEST

__all__ = ["stopped", "to_outputs"]

MOST = 500
"""Outputs of one cell."""

PNG = b"\x89PNG\r\n\x1a\n"
WIDEST = 8192
"""Pixels of a picture's side; a small file can hold a picture too large to show."""


def to_outputs(shown: Any) -> list[NotebookNode]:
    """Turn what a worker says its cell showed into outputs."""
    entries = shown.get("outputs") if isinstance(shown, dict) else None
    outputs, left = [], 2 * LONGEST
    for entry in entries[:MOST] if isinstance(entries, list) else []:
        output = _to_output(entry) if isinstance(entry, dict) else None
        left -= len(str(output))
        if output is not None and left > 0:
            outputs.append(output)
    return outputs


def stopped(reason: str) -> list[NotebookNode]:
    """Say below a cell why it was not run to its end."""
    text = f"this cell {reason}"
    return [new_output("error", ename="Stopped", evalue=text, traceback=[text])]


def _to_output(entry: dict[str, Any]) -> NotebookNode | None:
    kind = entry.get("kind")
    if kind == "stream":
        name = "stderr" if entry.get("name") == "stderr" else "stdout"
        return new_output(kind, name=name, text=_text(entry.get("text")))
    if kind == "error":
        lines = entry.get("traceback")
        return new_output(
            kind,
            ename=_text(entry.get("name")),
            evalue=_text(entry.get("text")),
            traceback=[_text(line) for line in lines]
            if isinstance(lines, list)
            else [],
        )
    if kind in ("execute_result", "display_data"):
        return new_output(kind, data=_data(entry.get("data")))
    return None


def _data(data: Any) -> dict[str, str]:
    data = data if isinstance(data, dict) else {}
    kept = {"text/plain": _text(data.get("text/plain"))}
    picture = _picture(data.get("image/png"))
    return {**kept, "image/png": picture} if picture else kept


def _text(value: Any) -> str:
    """Make it text that a file can hold: half a surrogate pair cannot be written."""
    text = value if isinstance(value, str) else ""
    return text.encode("utf-8", "replace").decode()


def _picture(value: Any) -> str:
    """Write a picture's base64 anew, so that nothing else goes into the page with it."""
    try:
        content = base64.b64decode(value, validate=False)
    except (binascii.Error, TypeError, ValueError):
        return ""
    if not content.startswith(PNG) or len(content) < 24:
        return ""
    if max(struct.unpack(">II", content[16:24])) > WIDEST:
        return ""
    return base64.b64encode(content).decode()
