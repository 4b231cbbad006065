"""Store: the sittings of a run in a folder, so that a run that was stopped can go on."""

import json
import os
import shutil
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from .job import Job, Sat

__all__ = ["Store"]


@dataclass(frozen=True)
class Store:
    """The folder ``.sittings`` of a course, which only its owner can read.

    Attributes:
        course: the course folder.
    """

    course: Path

    def find(self, job: Job) -> Sat | None:
        """Find what came of a job; None if it has not been done, or not been kept whole."""
        with suppress(OSError, ValueError, KeyError):
            kept = json.loads(self._path(job).read_text(encoding="utf-8"))
            outputs = {int(place): each for place, each in kept["outputs"].items()}
            return Sat(outputs, kept["walled"])
        return None

    def keep(self, job: Job, sat: Sat) -> None:
        """Keep what came of a job, written whole before it gets its name."""
        self._folder.mkdir(mode=0o700, exist_ok=True)
        descriptor, draft = tempfile.mkstemp(dir=self._folder)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"outputs": sat.outputs, "walled": sat.walled}, file)
        os.replace(draft, self._path(job))

    def clear(self) -> None:
        """Forget all."""
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def _folder(self) -> Path:
        return self.course / ".sittings"

    def _path(self, job: Job) -> Path:
        return self._folder / f"{job.key}.json"
