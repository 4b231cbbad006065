"""Cut-outs: real things cut from photographs, each with the outline it is pasted by.

A detector needs pictures in which the place of every thing is known. Things cut out by their
outline and pasted onto photographs give such pictures without end, each place known to the pixel.

The coins are found by their brightness; the cat, the cup and the rocket have outlines traced by
hand, in pixels of the photograph. A digit is its ink.

Axes:   h w pixels of the cut-out
Paper:  Dwibedi, Misra & Hebert 2017, "Cut, paste and learn: surprisingly easy synthesis for
        instance detection"
Torch:  none
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from dlcourse.axes import Feature, Image
from dlcourse.data.digits import digits
from dlcourse.data.photos import photo

__all__ = ["CLASSES", "Cutout", "cutouts"]

CLASSES = ("digit", "coin", "cat", "cup", "rocket")
"""What can be in a scene; a label is a place in this list."""

CAT = (
    *((45, 0), (350, 0), (395, 5), (362, 70), (355, 110), (350, 150), (335, 200)),
    *((300, 250), (262, 275), (225, 268), (180, 262), (120, 262), (70, 220)),
    *((35, 160), (22, 100), (30, 50)),
)
ROCKET = (
    *((408, 0), (424, 0), (434, 20), (437, 50), (444, 40), (453, 60), (455, 110)),
    *((455, 262), (448, 275), (434, 268), (432, 232), (424, 230), (424, 275)),
    *((396, 265), (368, 275), (366, 262), (378, 232), (354, 228), (356, 214)),
    *((378, 185), (377, 110), (380, 50), (387, 42), (394, 50), (397, 25)),
)
"""The rocket is the model of a space shuttle that stands behind the astronaut."""

CUP = ((278, 232, 203, 155), (292, 110, 121, 93))
"""Two ellipses, the saucer and the cup: column and row of the centre, half width, half height."""


@dataclass(frozen=True)
class Cutout:
    """One thing: its pixels, how opaque each is, and what may be done to it."""

    label: int
    pixels: Image
    alpha: Feature
    mirrored: bool
    """Whether its mirror image is the same kind of thing; a digit's is not."""
    inked: bool = False
    """Whether it may take any colour, as ink does."""


@cache
def cutouts(split: str) -> tuple[tuple[Cutout, ...], ...]:
    """Collect the cut-outs of every class.

    Digits and coins of "test" are none of those of "train". There is only one cat, one cup and
    one rocket: what the splits keep apart are their backgrounds.

    Args:
        split: "train" or "test".

    Raises:
        ValueError: for an unknown split.

    >>> [len(kind) for kind in cutouts("test")]
    [450, 8, 1, 1, 1]
    """
    ink = digits(split)[0]
    coins = _coins()
    cat, cup, rocket = photo("cat"), photo("coffee"), photo("astronaut")
    return (
        tuple(_digit(image) for image in ink),
        coins[0::3] if split == "test" else coins[1::3] + coins[2::3],
        (_cut(2, cat, _inside(CAT, cat)),),
        (_cut(3, cup, _inside_ellipses(CUP, cup)),),
        (_cut(4, rocket, _inside(ROCKET, rocket)),),
    )


def _digit(image: Float[Tensor, "1 h w"]) -> Cutout:
    """Take the ink of a digit as the outline, a little bolder so that thin strokes cover."""
    alpha = (1.4 * image[0]).clamp(max=1)
    rows, columns = _extent(image[0] > 0.3)
    alpha = alpha[rows, columns]
    return Cutout(0, torch.ones(3, *alpha.shape), alpha, mirrored=False, inked=True)


def _coins() -> tuple[Cutout, ...]:
    """Find the coins of the photograph: what is brighter than the cloth, with its holes filled."""
    from scipy.ndimage import binary_fill_holes
    from skimage.filters import threshold_local
    from skimage.measure import label, regionprops
    from skimage.morphology import disk, opening

    picture = photo("coins")
    grey = picture[0].numpy()
    # The cloth grows darker to the right and the bottom, so the threshold is one of the place.
    bright = binary_fill_holes(grey > threshold_local(grey, 151, offset=-0.02))
    found = regionprops(label(opening(bright, disk(5))))
    whole = [region for region in found if region.area > 500 and region.solidity > 0.93]
    return tuple(_coin(picture, region.bbox, region.image_filled) for region in whole)


def _coin(picture: Image, box: tuple[int, int, int, int], inside: np.ndarray) -> Cutout:
    top, left, bottom, right = box
    pixels = picture[:, top:bottom, left:right].expand(3, -1, -1)
    return Cutout(1, pixels.clone(), torch.tensor(inside).float(), mirrored=True)


def _inside(outline: tuple[tuple[int, int], ...], picture: Image) -> np.ndarray:
    from skimage.draw import polygon2mask

    corners = np.array(outline)[:, ::-1]  # row, column
    return polygon2mask(picture.shape[1:], corners)


def _inside_ellipses(
    ellipses: tuple[tuple[int, int, int, int], ...], picture: Image
) -> np.ndarray:
    rows, columns = np.indices(picture.shape[1:])
    parts = [
        ((columns - x) / half_width) ** 2 + ((rows - y) / half_height) ** 2 <= 1
        for x, y, half_width, half_height in ellipses
    ]
    return np.logical_or.reduce(parts)


def _cut(label: int, picture: Image, inside: np.ndarray) -> Cutout:
    mask = torch.tensor(inside)
    rows, columns = _extent(mask)
    pixels, alpha = picture[:, rows, columns], mask[rows, columns].float()
    return Cutout(label, pixels.clone(), alpha, mirrored=True)


def _extent(mask: Tensor) -> tuple[slice, slice]:
    """Find the rows and columns between the first and the last that hold something."""
    rows, columns = mask.any(dim=1).nonzero(), mask.any(dim=0).nonzero()
    return (
        slice(int(rows[0]), int(rows[-1]) + 1),
        slice(int(columns[0]), int(columns[-1]) + 1),
    )
