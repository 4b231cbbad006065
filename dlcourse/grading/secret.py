"""Secret: hidden cases that a student cannot know and a regrade repeats.

A seed kept in the exercise would be read, and a seed drawn anew at every run would make
a regrade a lottery. So each student's seed is computed from a secret that only the
course folder holds: seed = HMAC-SHA256(secret, student, assignment).
"""

import hmac
import os
import secrets
import tempfile
from pathlib import Path

from .errors import GradingError

__all__ = ["course_secret", "student_seed"]

BYTES = 32
"""Length of a secret, that of the hash it feeds."""


def course_secret(root: Path) -> bytes:
    """Read the secret of a course; the first use makes it, readable by its owner only.

    Args:
        root: the course folder; the secret is its file ``.secret``, which git ignores.

    Raises:
        GradingError: if the file does not hold 32 bytes.
    """
    path = root / ".secret"
    if not path.exists():
        _make_secret(path)
    secret = path.read_bytes()
    if len(secret) != BYTES:
        raise GradingError(
            f"{path} holds {len(secret)} bytes and a course secret has {BYTES}: "
            "delete the file, and the next grading makes a new one"
        )
    return secret


def _make_secret(path: Path) -> None:
    """Write the file whole before it gets its name, so that no one reads half of it."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent)  # mode 0600 from the start
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(BYTES))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass  # another grader made it meanwhile; theirs counts
    finally:
        os.unlink(draft)


def student_seed(secret: bytes, student: str, assignment: str) -> int:
    """Compute the seed of a student's hidden cases.

    Returns:
        A whole number from 0 to 2**63 - 1, which torch's generators take.

    >>> student_seed(b"course", "ada", "convolution")
    4956069151269598
    """
    message = "\0".join((student, assignment)).encode()  # no name holds a zero byte
    digest = hmac.digest(secret, message, "sha256")
    return int.from_bytes(digest[:8], "big") >> 1
