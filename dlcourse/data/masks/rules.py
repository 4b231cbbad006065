"""Rules: coins and cells in photographs, found by arithmetic alone.

Nobody coloured these pictures by hand. A rule did, and its answer is taken for the truth: they are
pseudo-labels. A network that learns them learns the rule, with its mistakes, and what it scores
says how well it imitates, not how well it sees.

Axes:   c h w of the picture, h w of its labels
Paper:  Vincent & Soille 1991, "Watersheds in digital spaces: an efficient algorithm based on
        immersion simulations"; Ruifrok & Johnston 2001, "Quantification of histochemical staining
        by color deconvolution"
Torch:  none
"""

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor

from dlcourse.axes import Image
from dlcourse.data.photos import photo

__all__ = ["cells", "coins"]

DARK, BRIGHT = 0.12, 0.6
"""Grey values below the first are surely cloth, above the second surely coin."""

SMOOTHING = 1.5
"""Standard deviation of the blur before the dye is measured, in pixels."""

AROUND, MORE = 75, 0.004
"""A nucleus holds so much more of the dye than the weighted mean of a square of that side."""

LEAST_COIN, LEAST_CELL = 200, 40
"""Pixels of the smallest coin and cell; what is smaller is dirt."""

APART = 5
"""Least distance of the middles of two cells, in pixels."""


def coins() -> tuple[Image, Int[Tensor, "h w"]]:
    """Give the photograph of Greek coins and pseudo-labels: 0 cloth, 1 coin.

    The rule: grey values below 0.12 are cloth and above 0.6 coin; both are flooded towards each
    other, and meet where the picture changes most. Holes are filled, specks are dropped.

    >>> image, labels = coins()
    >>> image.shape, labels.shape
    (torch.Size([1, 303, 384]), torch.Size([303, 384]))
    """
    from scipy.ndimage import binary_fill_holes
    from skimage.filters import sobel
    from skimage.segmentation import watershed

    image = photo("coins")
    grey = image[0].numpy()
    sure = np.select([grey < DARK, grey > BRIGHT], [1, 2], default=0)
    inside = binary_fill_holes(watershed(sobel(grey), sure) == 2)
    return image, _as_labels(_without_specks(inside, LEAST_COIN))


def cells() -> tuple[Image, Int[Tensor, "h w"]]:
    """Give the photograph of stained tissue and pseudo-labels: 0 tissue, 1 nucleus of a cell.

    The rule: the colour is taken apart into its dyes; where there is clearly more of the blue one
    than around, there is a nucleus. Nuclei that touch are parted by a line one pixel wide where
    the distance to their border is least, so that each is a connected component.

    >>> image, labels = cells()
    >>> image.shape, labels.shape
    (torch.Size([3, 512, 512]), torch.Size([512, 512]))
    """
    from skimage.color import rgb2hed
    from skimage.filters import gaussian, threshold_local

    image = photo("immunohistochemistry")
    blue = rgb2hed(image.permute(1, 2, 0).numpy())[..., 0]  # h w, the haematoxylin
    blue = gaussian(blue, SMOOTHING)
    inside = _without_specks(
        blue > threshold_local(blue, AROUND, offset=-MORE), LEAST_CELL
    )
    return image, _as_labels(_without_specks(_parted(inside), LEAST_CELL))


def _parted(inside: np.ndarray) -> np.ndarray:
    """Draw a line of ground between things that touch."""
    from scipy.ndimage import distance_transform_edt
    from skimage.feature import peak_local_max
    from skimage.filters import gaussian
    from skimage.segmentation import watershed

    depth = gaussian(distance_transform_edt(inside), 1)  # one peak a thing, not several
    peaks = peak_local_max(depth, min_distance=APART, labels=inside.astype(int))
    middles = np.zeros(inside.shape, dtype=int)
    middles[tuple(peaks.T)] = np.arange(1, len(peaks) + 1)
    return watershed(-depth, middles, mask=inside, watershed_line=True) > 0


def _without_specks(inside: np.ndarray, least: int) -> np.ndarray:
    """Keep the connected components of at least so many pixels."""
    from scipy.ndimage import label

    things, _ = label(inside)
    large = np.bincount(things.ravel()) >= least
    large[0] = False
    return large[things]


def _as_labels(inside: np.ndarray) -> Int[Tensor, "h w"]:
    return torch.tensor(inside).long()
