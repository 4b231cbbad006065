"""Record: what the student's cells print and draw, up to a limit.

Feedback shows it as a notebook would. Text and PNG alone are kept, since HTML can carry
scripts; past the limit nothing is, and a last line says so.
"""

import io
from typing import Any

__all__ = ["Record", "Stream"]

LONGEST = 2 * 2**20
"""Characters that one cell may show, text and pictures together."""

KEPT = ("text/plain", "image/png")
"""Kinds of data that are kept; a page shows the picture of what has both."""


class Record:
    """The outputs of one cell, in their order, as plain dictionaries."""

    def __init__(self) -> None:
        self.outputs: list[dict[str, Any]] = []
        self.left = LONGEST

    def stream(self, name: str, text: str) -> None:
        """Keep a piece of text, joined to the one before it if that was of the same stream."""
        text = self._take(text)
        last = self.outputs[-1] if self.outputs else {}
        if text and last.get("name") == name:
            last["text"] += text
        elif text:
            self.outputs.append({"kind": "stream", "name": name, "text": text})

    def show(self, kind: str, data: dict[str, Any]) -> None:
        """Keep a result or a figure, if it fits as a whole."""
        kept = {name: data[name] for name in KEPT if isinstance(data.get(name), str)}
        if sum(map(len, kept.values())) > self.left:
            self._take(" " * (self.left + 1))
        elif kept:
            self.left -= sum(map(len, kept.values()))
            self.outputs.append({"kind": kind, "data": kept})

    def stop(self, name: str, text: str, traceback: list[str]) -> None:
        """Keep the error that ended the cell."""
        error = {"kind": "error", "name": name, "text": text[:2000]}
        self.outputs.append({**error, "traceback": [part[:9000] for part in traceback]})

    def _take(self, text: str) -> str:
        if len(text) <= self.left:
            self.left -= len(text)
            return text
        kept, full = text[: max(self.left, 0)], self.left < 0
        self.left = -1
        return "" if full else f"{kept}\n... the rest is cut off ..."


class Stream(io.TextIOBase):
    """A standard stream that writes into a record.

    Args:
        record: where to.
        name: "stdout" or "stderr".
    """

    def __init__(self, record: Record, name: str) -> None:
        self.record = record
        self.kind = name

    def write(self, text: str) -> int:
        """Keep the text."""
        self.record.stream(self.kind, text)
        return len(text)

    def writable(self) -> bool:
        """Say that it can be written to."""
        return True
