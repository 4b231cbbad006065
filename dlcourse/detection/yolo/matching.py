"""Matching: one prediction owns an object; others that fit it well are left in peace.

The owner is the prediction in the object's cell whose prior has its shape. A neighbour that finds
the same object should not learn that nothing is there, so from some IoU on its objectness is not
asked for: the ignored band.

Axes:   n predictions, m objects, b images, d = 5 + k numbers of a prediction
Paper:  Redmon & Farhadi 2017, "YOLO9000: better, faster, stronger"; Redmon & Farhadi 2018,
        "YOLOv3: an incremental improvement"
Torch:  torchvision.models.detection._utils.Matcher, which gives an object many owners
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from dlcourse.detection.anchors import shape_iou
from dlcourse.detection.boxes import box_iou

from ._refusals import refuse_centres
from .lattice import Lattice
from .offsets import decode_offsets

__all__ = ["Matched", "ignored", "match_batch", "owners"]


def owners(boxes: Float[Tensor, "m 4"], places: Lattice) -> Int[Tensor, "m"]:
    """Find the prediction that owns each object.

    Of all predictions whose cell holds the centre, on every grid, it is the one whose prior has the
    highest IoU with the object in shape; of equals, the first.

    Args:
        boxes: x1 y1 x2 y2 in pixels, with centres inside the grid.
        places: where the predictions stand.

    >>> from dlcourse.detection.yolo import lattice
    >>> places = lattice([(2, 2)], [10], [torch.tensor([[4.0, 4.0], [16.0, 8.0]])])
    >>> owners(torch.tensor([[7.0, 0, 19, 8]]), places)  # the wide prior of cell (0, 1)
    tensor([3])
    """
    centres = ((boxes[:, :2] + boxes[:, 2:]) / 2)[:, None]
    low, high = (
        places.corners * places.strides,
        (places.corners + 1) * places.strides,
    )
    inside = ((low <= centres) & (centres < high)).all(dim=-1)  # m n
    shapes = shape_iou(boxes[:, 2:] - boxes[:, :2], places.priors)
    return torch.where(inside, shapes, -1).argmax(dim=1)


def ignored(
    boxes: Float[Tensor, "n 4"], truth: Float[Tensor, "m 4"], threshold: float
) -> Bool[Tensor, "n"]:
    """Mark the predictions that overlap some object by more than the threshold.

    >>> boxes = torch.tensor([[0.0, 0, 10, 10], [0, 0, 10, 4]])
    >>> ignored(boxes, torch.tensor([[0.0, 0, 10, 9]]), threshold=0.5)
    tensor([ True, False])
    """
    return (box_iou(boxes, truth) > threshold).any(dim=1)


class Matched(NamedTuple):
    """Which predictions of a batch own an object, and which own none.

    Attributes:
        image: of each pair of prediction and object.
        place: of the prediction in its image's list.
        boxes: of the object.
        labels: of the object.
        empty: predictions that own nothing and overlap nothing well.
    """

    image: Int[Tensor, "m"]
    place: Int[Tensor, "m"]
    boxes: Float[Tensor, "m 4"]
    labels: Int[Tensor, "m"]
    empty: Bool[Tensor, "b n"]


@torch.no_grad()
def match_batch(
    codes: Float[Tensor, "b n d"],
    places: Lattice,
    targets: Sequence[dict[str, Any]],
    image_size: tuple[int, int],
    threshold: float,
) -> Matched:
    """Give each object of each image an owner, and find the empty predictions.

    A prediction owns one object; a second one with the same owner is left out.

    Args:
        codes: of the network, as they are now; the ignored band depends on them.
        places: where the predictions stand.
        targets: ``boxes`` and ``labels`` of each image.
        image_size: height and width in pixels.
        threshold: IoU above which a prediction without an object is ignored.
    """
    found = []
    empty = torch.ones(codes.shape[:2], dtype=torch.bool, device=codes.device)
    for image, target in enumerate(targets):
        boxes, labels = target["boxes"].to(codes), target["labels"].to(codes.device)
        refuse_centres(boxes, image_size)
        place = owners(boxes, places)
        first = _first_of_each(place)
        place, kept, names = place[first], boxes[first], labels[first]
        seen = decode_offsets(codes[image, :, :4], places)
        empty[image] = ~ignored(seen, boxes, threshold)
        empty[image, place] = False
        found.append((torch.full_like(place, image), place, kept, names))
    return Matched(*(torch.cat(parts) for parts in zip(*found, strict=True)), empty)


def _first_of_each(places: Int[Tensor, "m"]) -> Int[Tensor, "_"]:
    """Find where each value comes first."""
    first: dict[int, int] = {}
    for number, place in enumerate(places.tolist()):
        first.setdefault(place, number)
    return torch.tensor(list(first.values()), dtype=torch.long, device=places.device)
