"""VOC: a folder is read into scenes, and what is wrong in it is refused with file and line."""

from pathlib import Path

import pytest
import torch
from PIL import Image

from dlcourse.data.scenes.voc import VOC_CLASSES, voc

OBJECT = """  <object>
    <name>{name}</name>
    <truncated>{truncated}</truncated>
    <difficult>0</difficult>
    <bndbox>
      <xmin>{xmin}</xmin>
      <ymin>{ymin}</ymin>
      <xmax>{xmax}</xmax>
      <ymax>{ymax}</ymax>
    </bndbox>
  </object>
"""
CAT = {"name": "cat", "truncated": 1, "xmin": 3, "ymin": 1, "xmax": 20, "ymax": 16}
DOG = {"name": "dog", "truncated": 0, "xmin": 1, "ymin": 2, "xmax": 24, "ymax": 9}


def annotation(*objects: dict, size: tuple[int, int] = (24, 16)) -> str:
    """Write an annotation: size in lines 2 to 5, the first object from line 6 on."""
    width, height = size
    head = (
        f"<annotation>\n  <size>\n    <width>{width}</width>\n"
        f"    <height>{height}</height>\n  </size>\n"
    )
    return head + "".join(OBJECT.format(**each) for each in objects) + "</annotation>\n"


def write(root: Path, pictures: dict[str, str], inside: str = "") -> Path:
    """Write a folder with two-coloured pictures of 24x16 pixels and their annotations."""
    folder = root / inside
    for name in ("Annotations", "JPEGImages", "ImageSets/Main"):
        (folder / name).mkdir(parents=True)
    for name, text in pictures.items():
        (folder / "Annotations" / f"{name}.xml").write_text(text)
        picture = Image.new("RGB", (24, 16), (255, 0, 0))
        picture.paste((0, 0, 255), (12, 0, 24, 16))
        picture.save(folder / "JPEGImages" / f"{name}.jpg", quality=95)
    lines = "".join(f"{name}\n" for name in pictures)
    (folder / "ImageSets/Main/train.txt").write_text(lines)
    return root


@pytest.mark.parametrize("inside", ["", "VOCdevkit/VOC2012"])
def test_a_folder_becomes_scenes(tmp_path, inside):
    pictures = {"a": annotation(CAT, DOG), "b": annotation()}
    read = voc(write(tmp_path, pictures, inside))
    assert len(read) == 2
    assert read.classes == VOC_CLASSES
    image, target = read[0]
    assert image.shape == (3, 16, 24)
    assert image.dtype == torch.float32
    assert image[0, :, :8].min() > 0.9 > 0.1 > image[0, :, 16:].max()
    # pixels 3 to 20, counted from 1 and both included, reach from edge 2 to edge 20
    assert target["boxes"].tolist() == [[2, 0, 20, 16], [0, 1, 24, 9]]
    assert target["labels"].tolist() == [7, 11]
    assert target["truncated"].tolist() == [True, False]
    assert target["difficult"].tolist() == [False, False]


def test_a_picture_without_objects_has_empty_tensors_of_the_right_kinds(tmp_path):
    target = voc(write(tmp_path, {"a": annotation()}))[0][1]
    assert target["boxes"].shape == (0, 4)
    assert target["labels"].dtype == torch.int64
    assert target["truncated"].dtype == torch.bool


def test_classes_of_ones_own(tmp_path):
    write(tmp_path, {"a": annotation(CAT | {"name": "mug"})})
    read = voc(tmp_path, classes=("cup", "mug"))
    assert read.classes == ("cup", "mug")
    assert read[0][1]["labels"].tolist() == [1]


CAT_LINES = annotation(CAT)
BAD = {
    "negative width": (
        annotation(CAT | {"xmin": 21, "xmax": 3}),
        "Annotations/a.xml:10: box 20, 0, 3, 16 ends before it begins",
    ),
    "no area": (
        annotation(CAT | {"xmin": 4, "xmax": 3}),
        "Annotations/a.xml:10: box 3, 0, 3, 16 has no area",
    ),
    "outside": (
        annotation(DOG, CAT | {"xmax": 25}),
        "Annotations/a.xml:21: box 2, 0, 25, 16 reaches outside the image of 24x16 pixels",
    ),
    "before the first pixel": (
        annotation(CAT | {"ymin": 0}),
        "Annotations/a.xml:10: box 2, -1, 20, 16 reaches outside",
    ),
    "not finite": (
        annotation(CAT | {"ymax": "nan"}),
        "Annotations/a.xml:10: box 2, 0, 20, nan is not finite",
    ),
    "unknown class": (
        annotation(CAT | {"name": "unicorn"}),
        "Annotations/a.xml:7: the class 'unicorn' is none of aeroplane, bicycle",
    ),
    "no number": (
        annotation(CAT | {"ymin": "two"}),
        "Annotations/a.xml:12: <ymin> is 'two', which is no number",
    ),
    "no size": (
        "<annotation>\n</annotation>",
        "Annotations/a.xml:1: <annotation> has 0 <size>; it needs one",
    ),
    "two boxes": (
        CAT_LINES.replace("</bndbox>", "</bndbox><bndbox/>"),
        "Annotations/a.xml:6: <object> has 2 <bndbox>; it needs one",
    ),
    "broken": (
        CAT_LINES.replace("</bndbox>", ""),
        "Annotations/a.xml:16: broken XML: mismatched tag",
    ),
    "empty": ("", "Annotations/a.xml:1: broken XML: no element found"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_bad_annotation_is_refused_with_file_and_line(tmp_path, case):
    text, message = BAD[case]
    write(tmp_path, {"a": text})
    with pytest.raises(ValueError, match=r"a\.xml:\d+: ") as refusal:
        voc(tmp_path)
    assert message in str(refusal.value)


def test_a_missing_picture_is_refused_where_it_is_listed(tmp_path):
    write(tmp_path, {"a": annotation(CAT), "b": annotation()})
    (tmp_path / "JPEGImages/b.jpg").unlink()
    with pytest.raises(
        FileNotFoundError, match=r"train\.txt:2: the image .*b\.jpg is missing"
    ):
        voc(tmp_path)
    (tmp_path / "Annotations/b.xml").unlink()
    with pytest.raises(
        FileNotFoundError, match=r"train\.txt:2: the annotation .*b\.xml is missing"
    ):
        voc(tmp_path)


def test_a_missing_list_or_folder_is_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="holds neither VOCdevkit/VOC2012 nor"):
        voc(tmp_path)
    write(tmp_path, {"a": annotation()})
    with pytest.raises(FileNotFoundError, match=r"val\.txt is missing"):
        voc(tmp_path, image_set="val")


# The shape checker would open a picture of the sequence it is handed.
@pytest.mark.usefixtures("as_in_use")
def test_a_picture_of_another_size_or_none_at_all_is_refused_when_read(tmp_path):
    read = voc(write(tmp_path, {"a": annotation(size=(48, 16))}))
    with pytest.raises(ValueError, match="has 24x16 pixels; its annotation says 48x16"):
        read[0]
    (tmp_path / "JPEGImages/a.jpg").write_text("no picture")
    with pytest.raises(ValueError, match=r"train\.txt:1: .*a\.jpg is no picture"):
        read[0]
