"""Regions: the small pieces an image is first cut into, and what describes each.

Pixels are too many to compare with one another. Felzenszwalb and Huttenlocher's graph method joins
neighbouring pixels of similar colour to some dozens of regions; from there on a region is four
things: a histogram of its colours, one of its edges, its area and its box. All four can be had for
the union of two regions without looking at the pixels again.

Axes:   n regions, c channels, h w pixels, d bins of a histogram
Paper:  Felzenszwalb & Huttenlocher 2004, "Efficient graph-based image segmentation"; Uijlings, van
        de Sande, Gevers & Smeulders 2013, "Selective search for object recognition"
Torch:  none; the first cut is skimage.segmentation.felzenszwalb
"""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int
from numpy import ndarray

from dlcourse.axes import Image

__all__ = [
    "Regions",
    "describe",
    "edges",
    "first_regions",
    "histograms",
    "in_space",
    "touching",
]

COLOUR_BINS = 25
"""Bins of each channel's histogram of colours."""

EDGE_BINS = 10
"""Bins of each channel's and direction's histogram of edges."""

DIRECTIONS = 8
"""Directions in which edges are measured, over the whole circle."""


Pixels = Float[ndarray, "h w c"]
Labels = Int[ndarray, "h w"]


@dataclass
class Regions:
    """What is known of each region; all of it can be updated when two of them join."""

    colour: Float[ndarray, "n dc"]
    texture: Float[ndarray, "n dt"]
    size: Float[ndarray, " n"]
    boxes: Float[ndarray, "n 4"]

    def __getitem__(self, index: slice | ndarray) -> "Regions":
        return Regions(*(part[index] for part in vars(self).values()))


def in_space(image: Image, space: str) -> Pixels:
    """Write an image's colours in another space, scaled to [0, 1].

    Args:
        image: red, green and blue in [0, 1].
        space: "hsv", "lab" or "rgb".

    Raises:
        ValueError: for an image without three channels, or an unknown space.
    """
    from skimage import color

    if len(image) != 3:
        raise ValueError(f"the image has {len(image)} channels; a colour needs three")
    pixels = image.detach().cpu().permute(1, 2, 0).double().numpy()
    if space == "hsv":
        return color.rgb2hsv(pixels)
    if space == "lab":
        return color.rgb2lab(pixels) / (100, 255, 255) + (0, 0.5, 0.5)
    if space != "rgb":
        raise ValueError(f'colour space is "{space}"; say "hsv", "lab" or "rgb"')
    return pixels


def first_regions(pixels: Pixels, scale: float, min_size: int) -> Labels:
    """Cut an image into regions and give each pixel the number of its own.

    Args:
        pixels: red, green and blue in [0, 1].
        scale: the larger, the larger the regions.
        min_size: least pixels of a region.
    """
    from skimage.segmentation import felzenszwalb

    return felzenszwalb(pixels, scale, sigma=0.8, min_size=min_size, channel_axis=-1)


def touching(labels: Labels) -> Bool[ndarray, "n n"]:
    """Mark which regions share a side of a pixel.

    >>> touching(np.array([[0, 1], [0, 2]])).astype(int).tolist()
    [[0, 1, 1], [1, 0, 1], [1, 1, 0]]
    """
    shared = np.zeros((labels.max() + 1,) * 2, dtype=bool)
    for first, second in ((labels[:, :-1], labels[:, 1:]), (labels[:-1], labels[1:])):
        shared[first, second] = shared[second, first] = True
    np.fill_diagonal(shared, False)
    return shared


def histograms(channels: Pixels, labels: Labels, bins: int) -> Float[ndarray, "n d"]:
    """Count each region's values in every channel, and divide by the sum of the counts.

    Args:
        channels: values in [0, 1].
        labels: of the regions.
        bins: of equal width, for each channel.

    >>> values = np.array([[[0.0], [0.9]], [[0.2], [0.1]]])
    >>> histograms(values, np.array([[0, 0], [1, 1]]), bins=2).tolist()
    [[0.5, 0.5], [1.0, 0.0]]
    """
    count, depth = labels.max() + 1, channels.shape[-1]
    cell = (channels * bins).astype(int).clip(0, bins - 1)  # h w c
    cell += bins * np.arange(depth) + bins * depth * labels[..., None]
    counts = np.bincount(cell.ravel(), minlength=count * depth * bins)
    counts = counts.reshape(count, -1)
    return counts / counts.sum(axis=1, keepdims=True)


def edges(channels: Pixels) -> Float[ndarray, "h w d"]:
    """Measure how fast each channel rises in each of eight directions, scaled to [0, 1].

    A Gaussian of width 1 smooths first. Where the channel falls in a direction, the answer is 0:
    the opposite direction reports it.
    """
    from scipy.ndimage import gaussian_filter

    down = gaussian_filter(channels, (1, 1, 0), order=(1, 0, 0))
    right = gaussian_filter(channels, (1, 1, 0), order=(0, 1, 0))
    angles = [2 * math.pi * place / DIRECTIONS for place in range(DIRECTIONS)]
    rises = [math.cos(a) * right + math.sin(a) * down for a in angles]
    found = np.concatenate(rises, axis=-1).clip(min=0)
    return found / found.max(axis=(0, 1)).clip(min=1e-6)


def describe(channels: Pixels, labels: Labels) -> Regions:
    """Describe each region of an image by colour, texture, size and box.

    Args:
        channels: of a colour space, values in [0, 1].
        labels: of the regions.

    >>> regions = describe(np.zeros((2, 3, 1)), np.array([[0, 0, 1], [0, 0, 1]]))
    >>> regions.size.tolist(), regions.boxes.tolist()
    ([4.0, 2.0], [[0.0, 0.0, 2.0, 2.0], [2.0, 0.0, 3.0, 2.0]])
    """
    return Regions(
        histograms(channels, labels, COLOUR_BINS),
        histograms(edges(channels), labels, EDGE_BINS),
        np.bincount(labels.ravel()).astype(float),
        _boxes(labels),
    )


def _boxes(labels: Labels) -> Float[ndarray, "n 4"]:
    """Find each region's box, from the left side of a pixel to the right side of another."""
    rows, columns = np.indices(labels.shape)
    count = labels.max() + 1
    low, high = np.full((count, 2), np.inf), np.zeros((count, 2))
    for axis, places in enumerate((columns, rows)):
        np.minimum.at(low[:, axis], labels, places)
        np.maximum.at(high[:, axis], labels, places + 1)
    return np.concatenate((low, high), axis=1)
