"""Frames: one JSON object a line over a socket, with limits on length and time.

The other end may be hostile: it may send no end, too much, nothing at all, or what is
no JSON. Each of these is a :class:`BrokenFrame` with its name, and costs no more than
the limits say.
"""

import json
import socket
import time
from typing import Any

__all__ = ["BrokenFrame", "Channel", "NoFrame"]

LONGEST = 64 * 2**20
"""Bytes of a frame: an answer of 16 MiB twice over, and what the cells showed."""

PIECE = 2**16
"""Bytes read at once."""


class BrokenFrame(Exception):  # noqa: N818 - a finding about the other end
    """The other end sent what is no frame; the message says what was wrong."""


class NoFrame(Exception):  # noqa: N818 - it may be the answer that was asked for
    """The other end is gone, or has not answered in time.

    Attributes:
        gone: whether it is gone.
    """

    def __init__(self, *, gone: bool) -> None:
        super().__init__("the other end is gone" if gone else "no answer in time")
        self.gone = gone


class Channel:
    """One end of a conversation.

    Args:
        end: a connected stream socket; the channel closes it.
        longest: bytes that a frame may have.
    """

    def __init__(self, end: socket.socket, longest: int = LONGEST) -> None:
        self.end = end
        self.longest = longest
        self._unread = bytearray()

    def send(self, content: dict[str, Any], seconds: float | None = None) -> None:
        """Send an object, with no limit on time if ``seconds`` is None.

        Raises:
            NoFrame: if the other end does not take it.
        """
        self.end.settimeout(seconds)
        try:
            self.end.sendall(json.dumps(content).encode() + b"\n")
        except TimeoutError as error:
            raise NoFrame(gone=False) from error
        except OSError as error:
            raise NoFrame(gone=True) from error

    def receive(self, seconds: float | None = None) -> dict[str, Any]:
        """Wait for an object, with no limit on time if ``seconds`` is None.

        Raises:
            NoFrame: if none comes.
            BrokenFrame: if it is too long, cut off, or no JSON object.
        """
        return _parse(self._read_line(seconds))

    def close(self) -> None:
        """End the conversation."""
        self.end.close()

    def _read_line(self, seconds: float | None) -> bytes:
        until = None if seconds is None else time.monotonic() + seconds
        searched = 0
        while (end := self._unread.find(b"\n", searched)) < 0:
            searched = len(self._unread)
            if searched > self.longest:
                raise BrokenFrame(f"a frame of more than {self.longest} bytes")
            self._unread += self._read_piece(until)
        line = bytes(self._unread[:end])
        del self._unread[: end + 1]
        return line

    def _read_piece(self, until: float | None) -> bytes:
        left = None if until is None else until - time.monotonic()
        if left is not None and left <= 0:
            raise NoFrame(gone=False)
        self.end.settimeout(left)
        try:
            piece = self.end.recv(PIECE)
        except TimeoutError as error:
            raise NoFrame(gone=False) from error
        except OSError as error:
            raise NoFrame(gone=True) from error
        if not piece and self._unread:
            raise BrokenFrame("a frame that breaks off")
        if not piece:
            raise NoFrame(gone=True)
        return piece


def _parse(line: bytes) -> dict[str, Any]:
    try:
        content = json.loads(line)
    except RecursionError:
        raise BrokenFrame("a frame that is too deep") from None
    except ValueError:  # also bytes that are no UTF-8, and numbers of absurd length
        raise BrokenFrame("a frame that is not JSON") from None
    if not isinstance(content, dict):
        raise BrokenFrame("a frame that is not a JSON object")
    return content
