"""COCO: a folder and its file are read into scenes; what is wrong is refused with file and line."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from PIL import Image

from dlcourse.data.scenes.coco import coco

CONTENT = {
    "info": {"note": "a list in another place: [1, 2]", "images": [{"id": 9}]},
    "images": [
        {"id": 7, "file_name": "a.png", "width": 24, "height": 16},
        {"id": 3, "file_name": "b.png", "width": 24, "height": 16},
    ],
    "annotations": [
        {"id": 1, "image_id": 3, "category_id": 18, "bbox": [2, 1.5, 10, 8]},
        {
            "id": 2,
            "image_id": 7,
            "category_id": 5,
            "bbox": [0, 0, 24, 16],
            "iscrowd": 1,
        },
        {"id": 3, "image_id": 3, "category_id": 5, "bbox": [4, 4, 1, 1]},
    ],
    "categories": [{"id": 18, "name": "dog"}, {"id": 5, "name": "cup"}],
}
"""Written with an indent of 1, annotation 0 begins in line 29, image 1 in line 20."""


def changed(where: tuple, value: Any) -> dict:
    """Copy the content with one entry changed."""
    content = json.loads(json.dumps(CONTENT))
    inner = content
    for step in where[:-1]:
        inner = inner[step]
    inner[where[-1]] = value
    return content


def write(root: Path, content: Any) -> tuple[Path, Path]:
    """Write the pictures, and the file with one entry a line."""
    for name in ("a.png", "b.png"):
        Image.new("RGB", (24, 16), (0, 255, 0)).save(root / name)
    file = root / "instances.json"
    file.write_text(
        content if isinstance(content, str) else json.dumps(content, indent=1)
    )
    return root, file


def line_of(file: Path, text: str) -> int:
    """Find the line of the brace before a text."""
    whole = file.read_text()
    return whole.count("\n", 0, whole.rindex("{", 0, whole.index(text))) + 1


def test_a_folder_becomes_scenes(tmp_path):
    read = coco(*write(tmp_path, CONTENT))
    assert len(read) == 2
    assert read.classes == ("cup", "dog")
    image, target = read[1]
    assert image.shape == (3, 16, 24)
    assert image[1].min() == 1
    assert target["boxes"].tolist() == [[2, 1.5, 12, 9.5], [4, 4, 5, 5]]
    assert target["labels"].tolist() == [1, 0]
    assert read[0][1]["crowd"].tolist() == [True]


def test_a_picture_without_annotations_has_empty_tensors(tmp_path):
    target = coco(*write(tmp_path, changed(("annotations",), [])))[0][1]
    assert target["boxes"].shape == (0, 4)
    assert target["labels"].dtype == torch.int64
    assert target["crowd"].dtype == torch.bool


FIRST = ("annotations", 0)
BAD = {
    "negative width": (
        changed((*FIRST, "bbox"), [9, 1, -4, 8]),
        '"image_id": 3',
        "box 9, 1, 5, 9 ends before it begins",
    ),
    "no area": (
        changed((*FIRST, "bbox"), [9, 1, 0, 8]),
        '"image_id": 3',
        "box 9, 1, 9, 9 has no area",
    ),
    "outside": (
        changed((*FIRST, "bbox"), [9, 9, 4, 8]),
        '"image_id": 3',
        "box 9, 9, 13, 17 reaches outside the image of 24x16 pixels",
    ),
    "three numbers": (
        changed((*FIRST, "bbox"), [9, 9, 4]),
        '"image_id": 3',
        "bbox is [9, 9, 4]; it needs x, y, width and height",
    ),
    "a word": (
        changed((*FIRST, "bbox"), [9, "nine", 4, 4]),
        '"image_id": 3',
        "bbox is [9, 'nine', 4, 4]; it needs x, y, width and height",
    ),
    "not finite": (
        changed((*FIRST, "bbox"), [9, float("nan"), 4, 4]),
        '"image_id": 3',
        "box 9, nan, 13, nan is not finite",
    ),
    "unknown class": (
        changed((*FIRST, "category_id"), 1),
        '"image_id": 3',
        "no category has the id 1",
    ),
    "unknown image": (
        changed((*FIRST, "image_id"), 1),
        '"image_id": 1',
        "no image has the id 1",
    ),
    "no class": (
        changed(FIRST, {"image_id": 3, "bbox": [1, 1, 1, 1]}),
        '"image_id": 3',
        "category_id is None; it must be of type int",
    ),
    "no name": (
        changed(("images", 1), {"id": 3, "width": 1, "height": 1}),
        '"id": 3',
        "file_name is None; it must be of type str",
    ),
    "an id twice": (
        changed(("images", 1, "id"), 7),
        '"file_name": "b.png"',
        "the id 7 is used twice",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_entry_is_refused_with_file_and_line(tmp_path, case):
    content, text, message = BAD[case]
    root, file = write(tmp_path, content)
    with pytest.raises(ValueError, match="instances") as refusal:
        coco(root, file)
    assert str(refusal.value) == f"{file}:{line_of(file, text)}: {message}"


def test_all_in_one_line_is_line_1(tmp_path):
    root, file = write(tmp_path, json.dumps(BAD["no area"][0]))
    with pytest.raises(ValueError, match=r"instances\.json:1: box 9"):
        coco(root, file)


WHOLE = {
    "broken": ('{\n"images": [\n{]\n}', ":3: broken JSON: Expecting property name"),
    "a list": ("[]", ":1: the file must hold one object"),
    "no images": ("{}", ":1: the file has no list 'categories'"),
    "no object": ('{"categories":\n [4]}', ":2: 4 is no object"),
}


@pytest.mark.parametrize("case", WHOLE)
def test_a_file_of_another_form_is_refused(tmp_path, case):
    text, message = WHOLE[case]
    root, file = write(tmp_path, text)
    with pytest.raises(ValueError, match="instances") as refusal:
        coco(root, file)
    assert message in str(refusal.value)


def test_what_is_missing_is_refused(tmp_path):
    root, file = write(tmp_path, CONTENT)
    (root / "b.png").unlink()
    line = line_of(file, '"file_name": "b.png"')
    with pytest.raises(FileNotFoundError, match=rf"json:{line}: the image .*b\.png"):
        coco(root, file)
    with pytest.raises(FileNotFoundError, match=r"none\.json is missing"):
        coco(root, tmp_path / "none.json")


def test_equal_to_pycocotools(tmp_path):
    library = pytest.importorskip("pycocotools.coco")
    root, file = write(tmp_path, CONTENT)
    theirs, ours = library.COCO(str(file)), coco(root, file)
    for index, number in enumerate((7, 3)):
        found = theirs.loadAnns(theirs.getAnnIds(imgIds=number))
        boxes = torch.tensor([a["bbox"] for a in found]).float()
        sides = ours.targets[index]["boxes"]
        torch.testing.assert_close(sides[:, 2:] - sides[:, :2], boxes[:, 2:])
