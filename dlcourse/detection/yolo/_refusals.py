"""Refusals: targets and images that no grid can hold."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

__all__ = ["refuse_boxes", "refuse_centres", "refuse_image_size", "refuse_targets"]


def refuse_boxes(boxes: Tensor, labels: Tensor, num_classes: int) -> None:
    """Refuse boxes without an inside, and labels that no class has.

    >>> box, label = torch.tensor([[5.0, 0.0, 5.0, 9.0]]), torch.tensor([0])
    >>> refuse_boxes(box, label, num_classes=2)
    Traceback (most recent call last):
    ValueError: box 0 is [5.0, 0.0, 5.0, 9.0]; it needs x1 < x2 and y1 < y2
    """
    if boxes.ndim != 2 or boxes.shape[-1] != 4:
        raise ValueError(f"boxes have shape {tuple(boxes.shape)}; it must be (n, 4)")
    if labels.shape != boxes.shape[:1]:
        raise ValueError(
            f"there are {len(boxes)} boxes and {labels.numel()} labels; each box needs one"
        )
    # a NaN is not below anything, so it is caught here as well
    solid = (boxes[:, :2] < boxes[:, 2:]).all(dim=1) & boxes.isfinite().all(dim=1)
    if not solid.all():
        at = int((~solid).nonzero()[0])
        raise ValueError(
            f"box {at} is {boxes[at].tolist()}; it needs x1 < x2 and y1 < y2"
        )
    outside = (labels < 0) | (labels >= num_classes)
    if outside.any():
        raise ValueError(
            f"label {int(labels[outside][0])} is none of the {num_classes} classes: "
            f"they are 0 to {num_classes - 1}"
        )


def refuse_centres(boxes: Tensor, image_size: tuple[int, int]) -> None:
    """Refuse boxes whose centre no cell of the image holds."""
    height, width = image_size
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    inside = (centres >= 0) & (centres < torch.tensor([width, height]).to(centres))
    if not inside.all():
        at = int((~inside.all(dim=1)).nonzero()[0])
        raise ValueError(
            f"box {at} has its centre at {centres[at].tolist()}, outside the image of "
            f"{height}x{width} pixels"
        )


def refuse_targets(
    targets: Sequence[dict[str, Any]] | None, count: int, num_classes: int
) -> None:
    """Refuse a training step without one target for each image."""
    if targets is None:
        raise ValueError("targets is None; in training mode each image needs one")
    if len(targets) != count:
        raise ValueError(
            f"there are {count} images and {len(targets)} targets; each image needs one"
        )
    for target in targets:
        refuse_boxes(target["boxes"], target["labels"], num_classes)


def refuse_image_size(image_size: tuple[int, int], stride: int) -> None:
    """Refuse sides that the last map would cut off.

    >>> refuse_image_size((96, 100), stride=32)
    Traceback (most recent call last):
    ValueError: the images have 96x100 pixels; both sides must be multiples of 32
    """
    height, width = image_size
    if height % stride or width % stride or not height or not width:
        raise ValueError(
            f"the images have {height}x{width} pixels; both sides must be multiples of "
            f"{stride}"
        )
