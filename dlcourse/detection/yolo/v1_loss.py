"""Loss of version 1: squared errors, weighted so that empty cells do not drown the others.

Detection becomes regression: everything is a number, and every number has a squared error. A cell
gives several boxes but holds one object, so one of them is responsible: the one that overlaps it
most already. Most cells are empty and only ask for a confidence of 0, so that counts half; places
and sizes count five times.

Axes:   b images, oh ow cells of the grid, m boxes of a cell, k classes, n objects,
        d = 5 m + k numbers of a cell that the network gives, 5 + k that the target holds
Paper:  Redmon, Divvala, Girshick & Farhadi 2016, "You only look once: unified, real-time object
        detection"
Torch:  none
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcourse.detection.boxes import box_convert, box_iou

__all__ = ["responsible", "split_cells", "yolo_v1_loss"]


def split_cells(
    output: Float[Tensor, "*b oh ow d"], num_boxes: int
) -> tuple[Float[Tensor, "*b oh ow m 5"], Float[Tensor, "*b oh ow k"]]:
    """Split the numbers of each cell into its boxes and its classes.

    A box is x, y, root of the width, root of the height, confidence.

    >>> boxes, classes = split_cells(torch.zeros(7, 7, 30), num_boxes=2)
    >>> boxes.shape, classes.shape
    (torch.Size([7, 7, 2, 5]), torch.Size([7, 7, 20]))
    """
    boxes, classes = output.split([5 * num_boxes, output.shape[-1] - 5 * num_boxes], -1)
    return boxes.unflatten(-1, (num_boxes, 5)), classes


def responsible(
    boxes: Float[Tensor, "n m 4"], truth: Float[Tensor, "n 4"]
) -> tuple[Int[Tensor, "n"], Float[Tensor, "n"]]:
    """Find the box of each cell that overlaps its object most, and its IoU.

    If none overlaps it, the nearest takes over, by the squared distance of the four numbers.

    Args:
        boxes: x1 y1 x2 y2, the boxes of n cells.
        truth: the object of each.

    >>> boxes = torch.tensor([[[0.0, 0, 1, 1], [0, 0, 2, 1]]])
    >>> responsible(boxes, torch.tensor([[0.0, 0, 4, 1]]))
    (tensor([1]), tensor([0.5000]))
    """
    overlaps = box_iou(boxes, truth[:, None])[..., 0]  # n m
    distances = (boxes - truth[:, None]).square().sum(dim=-1)
    # an IoU is never below 0, so a distance decides only where all are 0
    chosen = torch.where(overlaps > 0, overlaps, -1 - distances).argmax(dim=1)
    return chosen, overlaps.gather(1, chosen[:, None])[:, 0]


def yolo_v1_loss(
    output: Float[Tensor, "b oh ow d"],
    target: Float[Tensor, "b oh ow e"],
    num_boxes: int = 2,
    coord: float = 5.0,
    noobj: float = 0.5,
) -> dict[str, Tensor]:
    """Sum the squared errors of places, confidences and classes, a mean over the images.

    - box: of x, y and the roots of width and height, for the responsible box of each object;
    - objectness: of its confidence, which should be its IoU with the object;
    - empty: of all other confidences, which should be 0;
    - classes: of the class numbers, in the cells that hold an object.

    Args:
        output: of the network.
        target: as :func:`~.v1_target.encode_cells` makes it, one for each image.
        num_boxes: boxes of a cell.
        coord: weight of ``box``.
        noobj: weight of ``empty``.

    >>> target = torch.tensor([[[[1, 0.5, 0.5, 0.25, 0.25, 1]]]])
    >>> output = torch.tensor([[[[0.5, 0.5, 0.5, 0.5, 0.8, 0.7]]]])
    >>> {name: round(part.item(), 4) for name, part in yolo_v1_loss(output, target, 1).items()}
    {'box': 0.0, 'objectness': 0.04, 'empty': 0.0, 'classes': 0.09}
    """
    boxes, classes = split_cells(output, num_boxes)
    held = target[..., 0] > 0
    truth, near = target[held], boxes[held]  # n 5+k, n m 5
    # who is responsible, and for which IoU, is no matter of slopes
    with torch.no_grad():
        wanted, seen = truth[:, 1:5], near[..., :4]
        chosen, overlap = responsible(
            _corners(torch.cat([seen[..., :2], seen[..., 2:].square()], -1), target),
            _corners(wanted, target),
        )
    owner = near[torch.arange(len(near), device=near.device), chosen]  # n 5
    places = (owner[:, :2] - truth[:, 1:3]).square().sum()
    sizes = (owner[:, 2:4] - truth[:, 3:5].sqrt()).square().sum()
    confidences = boxes[..., 4].square().sum() - owner[:, 4].square().sum()
    parts = {
        "box": coord * (places + sizes),
        "objectness": (owner[:, 4] - overlap).square().sum(),
        "empty": noobj * confidences,
        "classes": (classes[held] - truth[:, 5:]).square().sum(),
    }
    return {name: part / len(output) for name, part in parts.items()}


def _corners(codes: Float[Tensor, "*n 4"], target: Tensor) -> Float[Tensor, "*n 4"]:
    """Turn a cell's codes into corners, in shares of the image, from the cell's own corner."""
    rows, columns = target.shape[1:3]
    cells = codes.new_tensor([columns, rows, 1, 1])
    return box_convert(codes / cells, "cxcywh", "xyxy")
