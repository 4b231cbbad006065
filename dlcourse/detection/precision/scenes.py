"""Scenes: what is judged, a list of predictions beside a list of targets, and one class of them.

Images hold different numbers of boxes. One class at a time is taken out of all of them and padded
to equal length, so that its images can be matched side by side.

Axes:   b images, n detections by falling score, m truths
Torch:  torchvision.models.detection, whose dictionaries these are
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from .overlap import overlap

__all__ = ["Scene", "Scenes", "Side", "labels_of", "refuse_scenes", "side_by_side"]

Scene = dict[str, Tensor]
"""``boxes`` n 4 and ``labels`` n; of a prediction also ``scores`` n, of a target perhaps
``difficult`` n, ``iscrowd`` n and ``area`` n."""

Scenes = Sequence[Scene]
"""One for each image."""


class Side(NamedTuple):
    """One class in all images, padded to equal length."""

    scores: Float[Tensor, "b n"]
    detected: Bool[Tensor, "b n"]
    """Where a detection stands, and no padding."""
    area: Float[Tensor, "b n"]
    overlaps: Float[Tensor, "b n m"]
    """-1 in the padding."""
    truths: Bool[Tensor, "b m"]
    """Where a truth stands."""
    ignored: Bool[Tensor, "b m"]
    """Difficult, or a crowd."""
    truth_area: Float[Tensor, "b m"]


def refuse_scenes(predictions: Scenes, targets: Scenes) -> None:
    """Refuse lists that cannot be judged.

    Raises:
        ValueError: if their lengths differ, or an image lacks a key, has counts that differ, a box
            with x2 < x1, or a number that is not finite.
    """
    if len(predictions) != len(targets):
        raise ValueError(
            f"there are {len(predictions)} predictions and {len(targets)} targets; each image "
            "needs one of both"
        )
    for place, (prediction, target) in enumerate(
        zip(predictions, targets, strict=True)
    ):
        _refuse(prediction, ("boxes", "labels", "scores"), f"prediction {place}")
        _refuse(target, ("boxes", "labels"), f"target {place}")


def _refuse(scene: Scene, needed: tuple[str, ...], name: str) -> None:
    for key in needed:
        if key not in scene:
            raise ValueError(f"{name} has no {key}; it needs {', '.join(needed)}")
    count, boxes = len(scene["labels"]), scene["boxes"]
    if boxes.shape != (count, 4):
        raise ValueError(
            f"{name} has boxes of shape {tuple(boxes.shape)} for {count} labels; they need "
            f"{(count, 4)}"
        )
    for key in set(scene) & {"scores", "difficult", "iscrowd", "area"}:
        if scene[key].shape != (count,):
            raise ValueError(
                f"{name} has {key} of shape {tuple(scene[key].shape)} for {count} labels"
            )
    for key in {"boxes", "scores"} & set(scene):
        if not scene[key].isfinite().all():
            raise ValueError(f"{name} has {key} that are not finite")
    if (boxes[:, 2:] < boxes[:, :2]).any():
        bad = boxes[(boxes[:, 2:] < boxes[:, :2]).any(dim=1)][0].tolist()
        raise ValueError(
            f"{name} has the box {bad}; x2 and y2 must not lie before x1 and y1"
        )


def labels_of(targets: Scenes) -> list[int]:
    """List the classes that occur in the targets, in order.

    >>> labels_of([{"labels": torch.tensor([3, 1])}, {"labels": torch.tensor([1])}])
    [1, 3]
    """
    return sorted({label for target in targets for label in target["labels"].tolist()})


def side_by_side(predictions: Scenes, targets: Scenes, label: int) -> Side:
    """Take one class out of every image, the surest detections first."""
    scores, boxes, image = _of_class(predictions, label, ("scores", "boxes"))
    order = scores.argsort(descending=True, stable=True)
    order = order[image[order].argsort(stable=True)]  # by image, and there by score
    detections = [column[order] for column in (scores, boxes, torch.ones_like(image))]
    scores, boxes, there = _padded(detections, image[order], len(targets))
    keys = ("boxes", "difficult", "iscrowd", "area")
    truths, difficult, crowd, area, image = _of_class(targets, label, keys)
    area = torch.where(area.isnan(), _area(truths), area)
    columns = [truths, difficult == 1, crowd == 1, area, torch.ones_like(image)]
    truths, difficult, crowd, area, things = _padded(columns, image, len(targets))
    pairs = there[:, :, None] & things[:, None, :]
    return Side(
        scores=scores,
        detected=there == 1,
        area=_area(boxes),
        overlaps=torch.where(pairs == 1, overlap(boxes, truths, crowd), -1.0),
        truths=things == 1,
        ignored=difficult | crowd,
        truth_area=area,
    )


def _of_class(scenes: Scenes, label: int, keys: tuple[str, ...]) -> list[Tensor]:
    """Write the rows of one class from all images below each other, and their images."""
    counts = torch.tensor([len(scene["labels"]) for scene in scenes])
    chosen = torch.cat([scene["labels"] for scene in scenes]).cpu() == label
    columns = []
    for key in keys:
        parts = [_column(scene, key) for scene in scenes]
        columns.append(torch.cat(parts).cpu().double()[chosen])
    image = torch.arange(len(scenes)).repeat_interleave(counts)
    return [*columns, image[chosen]]


def _column(scene: Scene, key: str) -> Tensor:
    """Give what a scene says of its boxes, nan where it says nothing."""
    labels = scene["labels"]
    return (
        scene[key].detach()
        if key in scene
        else torch.full_like(labels, math.nan, dtype=torch.float64)
    )


def _padded(columns: list[Tensor], image: Tensor, images: int) -> list[Tensor]:
    """Lay rows that are in the order of their images side by side."""
    counts = image.bincount(minlength=images)
    place = torch.arange(len(image)) - (counts.cumsum(0) - counts)[image]
    longest = int(counts.max())
    padded = []
    for column in columns:
        grid = column.new_zeros(images, longest, *column.shape[1:])
        grid[image, place] = column
        padded.append(grid)
    return padded


def _area(boxes: Tensor) -> Tensor:
    return (boxes[..., 2:] - boxes[..., :2]).prod(dim=-1)
