"""COCO: pictures and boxes from a folder of images and one JSON file.

The file lists images, categories and annotations. A category has a number of its own, with gaps; a
label is its place in the order of these numbers. A box is written as its upper left corner and its
sides.

Axes:   n objects of a picture
Paper:  Lin, Maire, Belongie, Hays, Perona, Ramanan, Dollar & Zitnick 2014, "Microsoft COCO: common
        objects in context"
Torch:  torchvision.datasets.CocoDetection
"""

import json
from functools import partial
from pathlib import Path
from typing import Any

from .folders import Entry, Pictures, at, bad_box
from .scenes import Scenes

__all__ = ["coco"]

FIELDS = {
    "images": {"id": int, "file_name": str, "width": int, "height": int},
    "categories": {"id": int, "name": str},
    "annotations": {"image_id": int, "category_id": int, "bbox": list},
}
"""What each entry of the file has to say, and in what form."""


def coco(root: str | Path, ann_file: str | Path) -> Scenes:
    """Read a folder of images with an annotation file; pictures are opened when asked for.

    Targets hold ``boxes``, ``labels`` and ``crowd`` (whether a box stands for a crowd), and no
    masks.

    Args:
        root: the folder of the images.
        ann_file: the JSON file.

    Raises:
        FileNotFoundError: if the file or a picture is missing.
        ValueError: with file and line, if the file is no JSON, lacks something, names an unknown
            image or category, or has a box that is turned over, empty or outside its picture.
    """
    file = Path(ann_file)
    if not file.is_file():
        raise FileNotFoundError(f"the annotation file {file} is missing")
    told = _Told(file)
    categories = {c["id"]: c["name"] for c in told.entries("categories")}
    labels = {number: label for label, number in enumerate(sorted(categories))}
    entries = {
        image["id"]: Entry(
            Path(root) / image["file_name"],
            (image["width"], image["height"]),
            partial(told.where, "images", index),
        )
        for index, image in enumerate(told.entries("images"))
    }
    for index, found in enumerate(told.entries("annotations")):
        wrong = _add(entries, labels, found)
        if wrong:
            raise ValueError(f"{told.where('annotations', index)}: {wrong}")
    targets = [entry.target("crowd") for entry in entries.values()]
    classes = [categories[number] for number in sorted(categories)]
    return Scenes(Pictures(list(entries.values())), targets, classes)


def _add(
    entries: dict[int, Entry], labels: dict[int, int], found: dict[str, Any]
) -> str | None:
    """Take in one annotation, or say what is wrong with it."""
    if found["image_id"] not in entries:
        return f"no image has the id {found['image_id']}"
    if found["category_id"] not in labels:
        return f"no category has the id {found['category_id']}"
    numbers = found["bbox"]
    if len(numbers) != 4 or not all(_is_number(n) for n in numbers):
        return f"bbox is {numbers}; it needs x, y, width and height"
    x, y, width, height = numbers
    box = float(x), float(y), float(x + width), float(y + height)
    entry = entries[found["image_id"]]
    wrong = bad_box(box, entry.size)
    if wrong is None:
        label = labels[found["category_id"]]
        entry.add(box, label, crowd=bool(found.get("iscrowd", 0)))
    return wrong


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


class _Told:
    """The file, and where in it things stand."""

    def __init__(self, file: Path) -> None:
        self.file, self.text = file, file.read_text()
        try:
            self.content = json.loads(self.text)
        except json.JSONDecodeError as error:
            raise ValueError(
                f"{at(file, error.lineno)}: broken JSON: {error.msg}"
            ) from None
        if not isinstance(self.content, dict):
            raise ValueError(f"{at(file, 1)}: the file must hold one object")
        self.starts: dict[str, list[int]] = {}

    def entries(self, name: str) -> list[dict[str, Any]]:
        """Read one of the lists, and refuse an entry that lacks something."""
        found = self.content.get(name)
        if not isinstance(found, list):
            raise ValueError(f"{at(self.file, 1)}: the file has no list {name!r}")
        seen: set[int] = set()
        for index, entry in enumerate(found):
            wrong = _lacking(entry, FIELDS[name])
            if wrong is None and name != "annotations":
                wrong = (
                    f"the id {entry['id']} is used twice"
                    if entry["id"] in seen
                    else None
                )
                seen.add(entry["id"])
            if wrong:
                raise ValueError(f"{self.where(name, index)}: {wrong}")
        return found

    def where(self, name: str, index: int) -> str:
        """Say in which line an entry of a list begins."""
        if name not in self.starts:
            self.starts[name] = self._starts(name)
        start = self.starts[name][index]
        return at(self.file, self.text.count("\n", 0, start) + 1)

    def _starts(self, name: str) -> list[int]:
        """Find where each entry of a list begins, by reading the file once more."""
        read = json.JSONDecoder().raw_decode
        place = self._after(self._skip(0))  # behind the first brace
        while True:
            key, place = read(self.text, place)
            place = self._after(self._skip(place))  # behind the colon
            if key == name:
                break
            place = self._after(self._skip(read(self.text, place)[1]))
        starts, place = [], self._after(place)
        while self.text[place] != "]":
            starts.append(place)
            place = self._skip(read(self.text, place)[1])
            place = self._after(place) if self.text[place] == "," else place
        return starts

    def _after(self, place: int) -> int:
        """Step behind one sign and the space that follows it."""
        return self._skip(place + 1)

    def _skip(self, place: int) -> int:
        """Step behind space."""
        while self.text[place].isspace():
            place += 1
        return place


def _lacking(entry: Any, fields: dict[str, type]) -> str | None:
    """Say which field an entry lacks, or has in another form."""
    if not isinstance(entry, dict):
        return f"{entry!r} is no object"
    for name, kind in fields.items():
        value = entry.get(name)
        if not isinstance(value, kind) or isinstance(value, bool):
            return f"{name} is {value!r}; it must be of type {kind.__name__}"
    return None
