"""VOC: pictures and boxes from a folder in the form of PASCAL VOC.

A picture has an XML file with its size and its objects, and a list says which pictures belong to a
split. Its boxes count pixels from 1 and include the last one; ours count edges from 0, so that the
first corner loses 1 and the second stays.

Axes:   n objects of a picture
Paper:  Everingham, Van Gool, Williams, Winn & Zisserman 2010, "The PASCAL visual object classes
        (VOC) challenge"
Torch:  torchvision.datasets.VOCDetection, which is used for the download only
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.parsers import expat

from .folders import Entry, Pictures, at, bad_box, label_of
from .scenes import Scenes

__all__ = ["VOC_CLASSES", "voc"]

VOC_CLASSES = (
    *("aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat", "chair"),
    *("cow", "diningtable", "dog", "horse", "motorbike", "person", "pottedplant"),
    *("sheep", "sofa", "train", "tvmonitor"),
)
"""The twenty classes of the challenge, in alphabetical order."""


def voc(
    root: str | Path,
    year: str = "2012",
    image_set: str = "train",
    download: bool = False,
    *,
    classes: Sequence[str] = VOC_CLASSES,
) -> Scenes:
    """Read a folder in the form of VOC; pictures are opened when they are asked for.

    Targets hold ``boxes``, ``labels``, ``truncated`` and ``difficult``, and no masks.

    Args:
        root: of the data, with ``VOCdevkit/VOC<year>`` in it, or that folder itself.
        year: of the challenge.
        image_set: the list ``ImageSets/Main/<image_set>.txt``.
        download: fetch the data first, through torchvision.
        classes: names of the labels.

    Raises:
        FileNotFoundError: if the folder, a list, an annotation or a picture is missing.
        ValueError: with file and line, if an annotation is no XML, lacks something, names an
            unknown class, or has a box that is turned over, empty or outside its picture.
    """
    if download:
        from torchvision.datasets import VOCDetection

        VOCDetection(root, year, image_set, download=True)
    folder = _folder(Path(root), year)
    names = folder / "ImageSets" / "Main" / f"{image_set}.txt"
    if not names.is_file():
        raise FileNotFoundError(f"{names} is missing; it lists the pictures to read")
    lines = enumerate(names.read_text().splitlines(), start=1)
    entries = [
        _entry(folder, line.split()[0], at(names, number), classes)
        for number, line in lines
        if line.strip()
    ]
    targets = [entry.target("truncated", "difficult") for entry in entries]
    return Scenes(Pictures(entries), targets, classes)


def _folder(root: Path, year: str) -> Path:
    """Find the folder that holds annotations, below the root or at it."""
    for folder in (root / "VOCdevkit" / f"VOC{year}", root):
        if (folder / "Annotations").is_dir():
            return folder
    raise FileNotFoundError(
        f"{root} holds neither VOCdevkit/VOC{year} nor Annotations; download=True fetches the data"
    )


def _entry(folder: Path, name: str, where: str, classes: Sequence[str]) -> Entry:
    """Read what is said of one picture."""
    file = folder / "Annotations" / f"{name}.xml"
    if not file.is_file():
        raise FileNotFoundError(f"{where}: the annotation {file} is missing")
    top = _parsed(file)
    size = top.one("size", file)
    sides = int(size.number("width", file)), int(size.number("height", file))
    entry = Entry(folder / "JPEGImages" / f"{name}.jpg", sides, lambda: where)
    for found in top.children:
        if found.tag == "object":
            _add(entry, found, file, classes)
    return entry


def _add(entry: Entry, found: "Node", file: Path, classes: Sequence[str]) -> None:
    """Take in one object, or refuse it."""
    name = found.one("name", file)
    label = label_of(name.text, classes)
    if label is None:
        raise ValueError(
            f"{at(file, name.line)}: the class {name.text!r} is none of "
            f"{', '.join(classes)}"
        )
    bounds = found.one("bndbox", file)
    x1, y1, x2, y2 = (
        bounds.number(side, file) for side in ("xmin", "ymin", "xmax", "ymax")
    )
    box = x1 - 1, y1 - 1, x2, y2
    wrong = bad_box(box, entry.size)
    if wrong:
        raise ValueError(f"{at(file, bounds.line)}: {wrong}")
    flags = {
        flag: any(child.tag == flag and child.text == "1" for child in found.children)
        for flag in ("truncated", "difficult")
    }
    entry.add(box, label, **flags)


@dataclass
class Node:
    """One element of an XML file, with the line it begins in."""

    tag: str
    line: int
    text: str = ""
    children: list["Node"] = field(default_factory=list)

    def one(self, tag: str, file: Path) -> "Node":
        """Find the only child of a name."""
        found = [child for child in self.children if child.tag == tag]
        if len(found) != 1:
            raise ValueError(
                f"{at(file, self.line)}: <{self.tag}> has {len(found)} <{tag}>; it needs one"
            )
        return found[0]

    def number(self, tag: str, file: Path) -> float:
        """Read the number in the only child of a name."""
        child = self.one(tag, file)
        try:
            return float(child.text)
        except ValueError:
            raise ValueError(
                f"{at(file, child.line)}: <{tag}> is {child.text!r}, which is no number"
            ) from None


def _parsed(file: Path) -> Node:
    """Read an XML file into nodes that know their lines."""
    parser = expat.ParserCreate()
    top = Node("the file", 1)
    path = [top]

    def start(tag: str, _: dict[str, str]) -> None:
        path.append(Node(tag, parser.CurrentLineNumber))
        path[-2].children.append(path[-1])

    def end(_: str) -> None:
        path[-1].text = path[-1].text.strip()
        path.pop()

    def characters(text: str) -> None:
        path[-1].text += text

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    try:
        parser.Parse(file.read_bytes(), True)
    except expat.ExpatError as error:
        reason = expat.ErrorString(error.code)
        raise ValueError(f"{at(file, error.lineno)}: broken XML: {reason}") from None
    return top.one("annotation", file)
