"""Patches: small squares of photographs, and the question which photograph they come from.

Eight photographs make the task on which the small network is pretrained, five others the task to
which it is transferred. Colour and brightness would give a photograph away at once, so a patch is
grey and has mean 0 and spread 1. What is left is texture. Patches to learn from come from the left
half of a photograph and patches to be tested on from its right half, so that none is seen twice.

Axes:   b patches, one channel, h w pixels; labels are places in the list of names
Torch:  none
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Generator, Tensor

from dlcourse.axes import Feature, Images
from dlcourse.data.photos import photo

__all__ = ["SIDE", "SOURCE", "TARGET", "patches"]

SOURCE = (
    "china",
    "flower",
    "astronaut",
    "camera",
    "cat",
    "coffee",
    "immunohistochemistry",
    "rocket",
)
"""Photographs of the task to learn from."""

TARGET = ("brick", "grass", "gravel", "coins", "hubble")
"""Photographs of the task to transfer to."""

SIDE = 16
"""Pixels along each side of a patch."""

HEIGHT = 256
"""Pixels to which a photograph is shrunk before it is cut."""

FLAT = 0.02
"""Spread below which a patch is sky or shadow and shows nothing."""


def patches(
    names: Sequence[str], count: int, split: str, generator: Generator
) -> tuple[Images, Int[Tensor, "b"]]:
    """Cut ``count`` patches from each photograph, at random places of its half.

    Args:
        names: of photographs.
        count: patches of each.
        split: "train" for the left half, "test" for the right.
        generator: source of the places.

    Raises:
        ValueError: for an unknown split.

    >>> images, labels = patches(("brick", "coins"), 3, "test", torch.Generator())
    >>> images.shape, labels.tolist()
    (torch.Size([6, 1, 16, 16]), [0, 0, 0, 1, 1, 1])
    """
    if split not in ("train", "test"):
        raise ValueError(f'split is "{split}"; say "train" or "test"')
    found = []
    for name in names:
        picture = photo(name, height=HEIGHT, grey=True)[0]
        middle = picture.shape[1] // 2
        half = picture[:, :middle] if split == "train" else picture[:, middle:]
        found.append(_cut(half, count, generator))
    labels = torch.arange(len(names)).repeat_interleave(count)
    return torch.cat(found)[:, None], labels


def _cut(
    picture: Feature, count: int, generator: Generator
) -> Float[Tensor, "{count} side side"]:
    """Cut squares until there are enough that are not flat, and standardize each."""
    squares = picture.unfold(0, SIDE, 1).unfold(1, SIDE, 1)  # one for every place
    rows, columns = squares.shape[:2]
    chosen = picture.new_empty(0, SIDE, SIDE)
    while len(chosen) < count:
        place = torch.randint(rows * columns, (2 * count,), generator=generator)
        drawn = squares[place // columns, place % columns]
        chosen = torch.cat([chosen, drawn[drawn.std(dim=(1, 2)) > FLAT]])
    chosen = chosen[:count]
    centred = chosen - chosen.mean(dim=(1, 2), keepdim=True)
    return centred / chosen.std(dim=(1, 2), keepdim=True)
