"""Scenes: pictures with a number of things in known places, for training and judging detectors.

A scene is a piece of a photograph with cut-outs pasted onto it. Some are small, some reach over the
border, some hide others. What is seen of each decides its mask, and the mask its box.

Axes:   n things of a scene; boxes are xyxy in pixels, a pixel reaching from its number to the next
Torch:  torchvision's detectors take targets of the same form
"""

import math
from collections.abc import Sequence
from functools import cache

import torch
from jaxtyping import Bool, Float, Int
from torch import Generator, Tensor
from torch.nn.functional import interpolate
from torch.utils.data import Dataset

from dlcourse.axes import Image, Images
from dlcourse.data.photos import photo

from .cutouts import CLASSES, cutouts
from .paste import Stamp, paste, stamp

__all__ = ["BACKGROUNDS", "Scenes", "Target", "boxes_of", "scenes"]

Target = dict[str, Tensor]
"""``boxes`` (n 4), ``labels`` (n), ``masks`` (n h w), ``truncated`` (n), ``visible`` (n)."""

BACKGROUNDS = (
    *("china", "flower", "brick", "grass", "gravel"),
    *("immunohistochemistry", "hubble"),
)
"""Photographs that show none of the classes."""

SEEN = 0.4
"""Share of a thing that has to stay visible; what would hide more is put elsewhere."""

ATTEMPTS = 20
"""Places that are tried for a thing before it is left out."""


class Scenes(Dataset[tuple[Image, Target]]):
    """Pairs of a picture and its target, in an order that stays.

    Args:
        images: a tensor b c h w if all have one size, or any sequence of pictures.
        targets: as many.
        classes: names of the labels.

    Raises:
        ValueError: if there are not as many targets as images.
    """

    def __init__(
        self,
        images: Images | Sequence[Image],
        targets: Sequence[Target],
        classes: Sequence[str] = CLASSES,
    ) -> None:
        if len(images) != len(targets):
            raise ValueError(
                f"there are {len(images)} images and {len(targets)} targets; there must be as "
                "many of both"
            )
        self.images, self.targets, self.classes = images, list(targets), tuple(classes)

    def __len__(self) -> int:
        """Count the pictures."""
        return len(self.targets)

    def __getitem__(self, index: int) -> tuple[Image, Target]:
        """Give one picture and its target."""
        return self.images[index], self.targets[index]


def scenes(
    count: int,
    size: int = 96,
    *,
    split: str = "train",
    seed: int = 0,
    objects: tuple[int, int] = (1, 4),
    scale: tuple[float, float] = (0.15, 0.6),
) -> Scenes:
    """Draw scenes; a longer series begins with the shorter one.

    Args:
        count: of scenes.
        size: pixels of each side.
        split: "train" or "test", which have no background, digit or coin in common.
        seed: of the random numbers; the splits have numbers of their own.
        objects: fewest and most things of a scene. In a crowd some may find no place.
        scale: smallest and largest length of a thing's longer side, in sides of the scene.

    Raises:
        ValueError: for an unknown split, a count or size below 1 (16), or bounds out of order.

    >>> image, target = scenes(1, objects=(2, 2))[0]
    >>> image.shape, target["boxes"].shape, target["masks"].shape
    (torch.Size([3, 96, 96]), torch.Size([2, 4]), torch.Size([2, 96, 96]))
    """
    _refuse(count, size, objects, scale)
    kinds = cutouts(split)
    numbers = torch.Generator().manual_seed(2 * seed + (split == "test"))
    drawn = [_scene(kinds, size, split, objects, scale, numbers) for _ in range(count)]
    return Scenes(torch.stack([image for image, _ in drawn]), [t for _, t in drawn])


def _refuse(
    count: int, size: int, objects: tuple[int, int], scale: tuple[float, float]
) -> None:
    if count < 1 or size < 16:
        raise ValueError(
            f"count ({count}) must be at least 1, and size ({size}) at least 16"
        )
    if not 0 <= objects[0] <= objects[1]:
        raise ValueError(
            f"objects is {objects}; say the fewest, 0 or more, then the most"
        )
    if not 0 < scale[0] <= scale[1] <= 1:
        raise ValueError(
            f"scale is {scale}; say the smallest, above 0, then the largest, at most 1"
        )


def _scene(
    kinds: tuple[tuple, ...],
    size: int,
    split: str,
    objects: tuple[int, int],
    scale: tuple[float, float],
    generator: Generator,
) -> tuple[Image, Target]:
    image = _background(size, split, generator)
    masks = torch.zeros(0, size, size, dtype=torch.bool)
    labels: list[int] = []
    areas: list[int] = []
    truncated: list[bool] = []
    for _ in range(_whole(objects[0], objects[1] + 1, generator)):
        kind = kinds[_whole(0, len(kinds), generator)]
        cutout = kind[_whole(0, len(kind), generator)]
        low, high = (math.log(bound) for bound in scale)
        side = math.exp(low + (high - low) * _uniform(generator)) * size
        piece = stamp(cutout, round(side), _ink(image, generator), generator)
        area = int((piece.alpha > 0.5).sum())
        placed = _placed(image, masks, piece, [*areas, area], generator)
        if placed is not None:
            image, masks, inside = placed
            labels.append(cutout.label)
            areas.append(area)
            truncated.append(inside < area)
    return image, _target(masks, labels, areas, truncated)


def _placed(
    image: Image,
    masks: Bool[Tensor, "n h w"],
    piece: Stamp,
    areas: Sequence[int],
    generator: Generator,
) -> tuple[Image, Bool[Tensor, "m h w"], int] | None:
    """Try places until enough is seen of the new thing and of those before it.

    Returns:
        The picture, all masks, and how many pixels of the new thing lie inside; None if no place
        was found.
    """
    size = image.shape[1]
    for _ in range(ATTEMPTS):
        top, left = (
            _whole(-(length // 3), size - length + length // 3 + 1, generator)
            for length in piece.alpha.shape[1:]
        )
        changed, covered = paste(image, piece, top, left)
        seen = torch.cat([masks & ~covered, covered[None]])
        if areas[-1] and (seen.sum((1, 2)) >= SEEN * torch.tensor(areas)).all():
            return changed, seen, int(covered.sum())
    return None


def _target(
    masks: Bool[Tensor, "n h w"],
    labels: Sequence[int],
    areas: Sequence[int],
    truncated: Sequence[bool],
) -> Target:
    return {
        "boxes": boxes_of(masks),
        "labels": torch.tensor(labels, dtype=torch.int64),
        "masks": masks,
        "truncated": torch.tensor(truncated, dtype=torch.bool),
        "visible": masks.sum((1, 2)) / torch.tensor(areas, dtype=torch.float32),
    }


def boxes_of(masks: Bool[Tensor, "n h w"]) -> Float[Tensor, "n 4"]:
    """Find the smallest box around each mask, from the first pixel's edge to the last one's.

    ``torchvision.ops.masks_to_boxes`` ends a box at the last pixel's number, one less.

    >>> mask = torch.zeros(1, 4, 4, dtype=torch.bool)
    >>> mask[0, 1:3, 2] = True
    >>> boxes_of(mask).tolist()
    [[2.0, 1.0, 3.0, 3.0]]
    """
    edges = [_edges(masks.any(dim=axis)) for axis in (1, 2)]  # columns, then rows
    (left, right), (top, bottom) = edges
    return torch.stack([left, top, right, bottom], dim=1).float()


def _edges(filled: Bool[Tensor, "n w"]) -> tuple[Int[Tensor, "n"], Int[Tensor, "n"]]:
    counts = filled.int()
    if not len(filled):
        return torch.zeros(0, dtype=torch.int64), torch.zeros(0, dtype=torch.int64)
    return counts.argmax(1), filled.shape[1] - counts.flip(1).argmax(1)


def _background(size: int, split: str, generator: Generator) -> Image:
    """Cut a square from the left part of a photograph for training, from the right for testing."""
    picture = _photo(BACKGROUNDS[_whole(0, len(BACKGROUNDS), generator)])
    height, width = picture.shape[1:]
    middle = round(0.6 * width)
    part = picture[:, :, :middle] if split == "train" else picture[:, :, middle:]
    shorter = min(part.shape[1:])
    side = round(shorter * (0.4 + 0.6 * _uniform(generator)))
    top = _whole(0, height - side + 1, generator)
    left = _whole(0, part.shape[2] - side + 1, generator)
    piece = part[None, :, top : top + side, left : left + side]
    piece = interpolate(piece, (size, size), mode="bilinear", antialias=True)[0]
    return (piece.flip(2) if _uniform(generator) < 0.5 else piece).clamp(0, 1)


@cache
def _photo(name: str) -> Image:
    return photo(name, height=300).expand(3, -1, -1)


def _ink(image: Image, generator: Generator) -> Float[Tensor, "c"]:
    """Draw a colour that stands out: the complement of the picture's mean, and some chance."""
    opposite = (image.mean(dim=(1, 2)) < 0.5).float()
    return 0.7 * opposite + 0.3 * torch.rand(3, generator=generator)


def _whole(low: int, high: int, generator: Generator) -> int:
    return int(torch.randint(low, high, (), generator=generator))


def _uniform(generator: Generator) -> float:
    return float(torch.rand((), generator=generator))
