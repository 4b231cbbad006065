"""Folders: what the readers of annotations share.

A data set written by hand has mistakes in it. One wrong box trains a detector a little worse and is
never found again, so every box is looked at when it is read, and a bad one is refused with the file
and the line where it stands.

Axes:   c h w a picture; boxes are xyxy in pixels, a pixel reaching from its number to the next
Torch:  torchvision.datasets.VOCDetection and CocoDetection hand over what the file says
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from dlcourse.axes import Image

from .scenes import Target

__all__ = ["Entry", "Pictures", "at", "bad_box", "label_of"]


def at(file: Path, line: int) -> str:
    """Say where something stands, as compilers do.

    >>> at(Path("train.txt"), 3)
    'train.txt:3'
    """
    return f"{file}:{line}"


def bad_box(corners: Sequence[float], size: tuple[int, int]) -> str | None:
    """Say what is wrong with a box in a picture of ``size`` (width, height); None if nothing is.

    >>> bad_box((5.0, 2.0, 3.0, 8.0), (10, 10))
    'box 5, 2, 3, 8 ends before it begins'
    """
    box = "box " + ", ".join(f"{value:g}" for value in corners)
    if not all(map(math.isfinite, corners)):
        return f"{box} is not finite"
    x1, y1, x2, y2 = corners
    if x2 < x1 or y2 < y1:
        return f"{box} ends before it begins"
    if x1 == x2 or y1 == y2:
        return f"{box} has no area"
    if min(x1, y1) < 0 or x2 > size[0] or y2 > size[1]:
        return f"{box} reaches outside the image of {size[0]}x{size[1]} pixels"
    return None


def label_of(name: str, classes: Sequence[str]) -> int | None:
    """Find the label of a class; None if there is no such class."""
    return classes.index(name) if name in classes else None


@dataclass
class Entry:
    """One picture and what was said of it, gathered box by box."""

    path: Path
    size: tuple[int, int]
    """Width and height that the annotation gives."""
    where: Callable[[], str]
    """Says the file and line that name the picture; asked for only if something is wrong."""
    boxes: list[tuple[float, ...]] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    flags: dict[str, list[bool]] = field(default_factory=dict)
    """More to know of each box, as whether it is truncated."""

    def add(self, box: tuple[float, ...], label: int, **flags: bool) -> None:
        """Take in one box."""
        self.boxes.append(box)
        self.labels.append(label)
        for name, value in flags.items():
            self.flags.setdefault(name, []).append(value)

    def target(self, *flags: str) -> Target:
        """Write all boxes as a target; each of the flags becomes a tensor of its own."""
        return {
            "boxes": torch.tensor(self.boxes, dtype=torch.float32).view(-1, 4),
            "labels": torch.tensor(self.labels, dtype=torch.int64),
            **{
                name: torch.tensor(self.flags.get(name, []), dtype=torch.bool)
                for name in flags
            },
        }


class Pictures(Sequence[Image]):
    """The pictures of a folder, each read from its file when it is asked for."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = list(entries)
        for entry in self.entries:
            if not entry.path.is_file():
                raise FileNotFoundError(
                    f"{entry.where()}: the image {entry.path} is missing"
                )

    def __len__(self) -> int:
        """Count the pictures."""
        return len(self.entries)

    def __getitem__(self, index: int) -> Image:
        """Read one picture.

        Raises:
            ValueError: if the file is no picture, or of another size than the annotation says.
        """
        entry = self.entries[index]
        picture = _read(entry)
        height, width = picture.shape[1:]
        if (width, height) != entry.size:
            raise ValueError(
                f"{entry.where()}: {entry.path} has {width}x{height} pixels; its annotation says "
                f"{entry.size[0]}x{entry.size[1]}"
            )
        return picture


def _read(entry: Entry) -> Tensor:
    from PIL import Image as PilImage
    from PIL import UnidentifiedImageError

    try:
        with PilImage.open(entry.path) as opened:
            pixels = np.array(opened.convert("RGB"))
    except (UnidentifiedImageError, OSError) as error:
        raise ValueError(
            f"{entry.where()}: {entry.path} is no picture: {error}"
        ) from None
    return torch.from_numpy(pixels).permute(2, 0, 1).float() / 255
