"""Label: one thing and its place as one list of numbers.

A network that says what is in a picture has one output for each class. To say where as well it
gets five more: whether there is anything, and the middle, height and width of its box.

Axes:   b pictures, k classes; the list is p_c, b_x, b_y, b_h, b_w, c_1 ... c_k
Paper:  Sermanet et al. 2014, "OverFeat: integrated recognition, localization and detection using
        convolutional networks", for a network that also answers with a box
Torch:  none
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

__all__ = ["BOX", "Labels", "Scene", "decode", "encode"]

Scene = dict[str, Tensor]
"""``boxes`` n 4 and ``labels`` n, as torchvision's detectors take and give them."""

Labels = Float[Tensor, "b y"]
"""5 + k numbers a picture."""

BOX = slice(1, 5)
"""Where the box stands in the list."""


def encode(targets: Sequence[Scene], size: tuple[int, int], num_classes: int) -> Labels:
    """Write the only thing of each picture as ``1, b_x, b_y, b_h, b_w`` and a 1 at its class.

    The middle and the lengths are shares of the picture's sides. If there is nothing, all numbers
    are 0; only the first of them means something then.

    Args:
        targets: one dictionary a picture, with boxes and labels.
        size: height and width of the pictures.
        num_classes: how many classes there are.

    Raises:
        ValueError: if a picture has two things or more, or a label is not below ``num_classes``.

    >>> target = {"boxes": torch.tensor([[2.0, 0.0, 6.0, 2.0]]), "labels": torch.tensor([1])}
    >>> encode([target], (8, 8), num_classes=2).tolist()
    [[1.0, 0.5, 0.125, 0.25, 0.5, 0.0, 1.0]]
    """
    rows = torch.zeros(len(targets), 5 + num_classes)
    height, width = size
    for row, target in zip(rows, targets, strict=True):
        if len(target["labels"]) > 1:
            raise ValueError(
                f"a picture holds {len(target['labels'])} things; a label has room for one"
            )
        for box, label in zip(target["boxes"], target["labels"].tolist(), strict=True):
            if not 0 <= label < num_classes:
                raise ValueError(
                    f"the label {label} must lie from 0 to {num_classes - 1}"
                )
            left, top, right, bottom = box.tolist()
            row[0] = 1.0
            row[1], row[2] = (left + right) / 2 / width, (top + bottom) / 2 / height
            row[3], row[4] = (bottom - top) / height, (right - left) / width
            row[5 + label] = 1.0
    return rows


def decode(
    labels: Labels, size: tuple[int, int], threshold: float = 0.0
) -> list[Scene]:
    """Read each list as a prediction: the box and the likeliest class, or nothing.

    Args:
        labels: with p_c as a probability and classes of any scale.
        size: height and width of the pictures.
        threshold: the smallest p_c that is reported; 0 leaves that to whoever sorts by score.

    >>> decode(torch.tensor([[0.75, 0.5, 0.125, 0.25, 0.5, 0.1, 0.9]]), (8, 8))[0]["boxes"].tolist()
    [[2.0, 0.0, 6.0, 2.0]]
    """
    height, width = size
    x, y = labels[:, 1], labels[:, 2]
    h, w = labels[:, 3].clamp(min=0), labels[:, 4].clamp(min=0)
    boxes = torch.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], dim=1).clamp(0, 1)
    boxes = boxes * boxes.new_tensor([width, height, width, height])
    names = labels[:, 5:].argmax(dim=1)
    return [
        {
            "boxes": boxes[n : n + 1] if told else boxes[:0],
            "labels": names[n : n + 1] if told else names[:0],
            "scores": labels[n, :1] if told else labels[:0, 0],
        }
        for n, told in enumerate((labels[:, 0] >= threshold).tolist())
    ]
