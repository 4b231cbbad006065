"""Selective search: propose boxes by joining the most similar neighbours, again and again.

An object differs from what surrounds it by colour, or by texture, or it is one part inside
another; no single rule finds them all, and nobody knows its size. So start from small regions,
join the two neighbours that are most alike until the image is one region, and propose the box of
every region on the way. Do it again under other notions of alike, and pool the boxes.

Axes:   n regions, m proposals, c h w image
Paper:  Uijlings, van de Sande, Gevers & Smeulders 2013, "Selective search for object recognition"
Torch:  none; OpenCV has cv2.ximgproc.segmentation.createSelectiveSearchSegmentation
"""

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from numpy import ndarray
from torch import Tensor

from dlcourse.axes import Image

from .regions import Regions, describe, first_regions, in_space, touching

__all__ = [
    "PARTS",
    "QUICK",
    "THOROUGH",
    "group",
    "selective_search",
    "similarities",
]

PARTS = ("colour", "texture", "size", "fill")
"""The four similarities, in the order of their columns."""

Hierarchy = tuple[str, Sequence[str], float]
"""Colour space ("hsv", "lab" or "rgb"), similarities, and scale of the first regions."""

QUICK: tuple[Hierarchy, ...] = (("hsv", PARTS, 30.0), ("lab", PARTS[1:], 80.0))
"""Two groupings that differ in everything; the detectors here are trained on them."""

THOROUGH: tuple[Hierarchy, ...] = tuple(
    (space, parts, scale)
    for scale in (30.0, 80.0)
    for space in ("hsv", "lab")
    for parts in (PARTS, PARTS[1:])
)
"""All eight of these, as many as in the paper's fast version."""


def similarities(one: Regions, others: Regions, area: float) -> Float[ndarray, "n 4"]:
    """Compare regions with others in four ways, each between 0 and 1.

    Colour and texture are what two histograms share, ``sum(min(p, q))``. Size is
    ``1 - (size + size) / area``, which lets small regions join first. Fill is
    ``1 - (box of both - size - size) / area``, which lets a region join what it surrounds.

    Args:
        one: a single region, or as many as the others.
        others: the regions to compare with.
        area: of the image, in pixels.

    Returns:
        One column for each of :data:`PARTS`.

    >>> halves = describe(np.zeros((1, 4, 1)), np.array([[0, 0, 1, 1]]))
    >>> similarities(halves[:1], halves[1:], area=4.0).tolist()
    [[1.0, 1.0, 0.0, 1.0]]
    """
    sizes = one.size + others.size
    left, top, right, bottom = _around(one.boxes, others.boxes).T
    columns = [
        np.minimum(one.colour, others.colour).sum(axis=1),
        np.minimum(one.texture, others.texture).sum(axis=1),
        1 - sizes / area,
        1 - ((right - left) * (bottom - top) - sizes) / area,
    ]
    return np.stack(columns, axis=1)


def _around(one: Float[ndarray, "n 4"], other: Float[ndarray, "m 4"]) -> ndarray:
    """Find the smallest box that holds both."""
    low = np.minimum(one[:, :2], other[:, :2])
    return np.concatenate((low, np.maximum(one[:, 2:], other[:, 2:])), axis=1)


def group(
    regions: Regions,
    neighbours: Bool[ndarray, "n n"],
    area: float,
    parts: Sequence[str] = PARTS,
) -> tuple[Float[ndarray, "m 4"], Int[ndarray, "j 2"]]:
    """Join the most similar neighbours until one region is left.

    The joined region's histograms are the means of the two, weighted by size, so no pixel is read
    again. ``n`` regions make ``n - 1`` joins and ``2 n - 1`` boxes.

    Args:
        regions: to start from.
        neighbours: which of them touch.
        area: of the image, in pixels.
        parts: the similarities that are added.

    Returns:
        Every region's box, the first regions' first; and the two regions that each join took.

    Raises:
        ValueError: if a part is not one of the four.

    >>> labels = np.array([[0, 1, 2, 2]])
    >>> regions = describe(np.array([[[0.0], [0.0], [1.0], [1.0]]]), labels)
    >>> boxes, pairs = group(regions, touching(labels), area=4.0)
    >>> pairs.tolist(), boxes[3:].tolist()  # the two dark ones first
    ([[0, 1], [2, 3]], [[0.0, 0.0, 2.0, 1.0], [0.0, 0.0, 4.0, 1.0]])
    """
    unknown = [part for part in parts if part not in PARTS]
    if unknown or not parts:
        raise ValueError(f"parts are {tuple(parts)}; choose one or more of {PARTS}")
    chosen = [PARTS.index(part) for part in parts]
    first, second = neighbours.nonzero()
    last = 2 * len(neighbours) - 1
    known = _with_room(regions, last)
    alike = np.full((last, last), -np.inf)  # of neighbours; all others stay at -inf
    columns = similarities(known[first], known[second], area)
    alike[first, second] = columns[:, chosen].sum(axis=1)
    pairs = np.zeros((last - len(neighbours), 2), dtype=int)
    for new in range(len(neighbours), last):
        pair = pairs[new - len(neighbours)] = np.array(divmod(alike.argmax(), last))
        _join(known, pair, new)
        beside = np.isfinite(alike[pair]).any(axis=0)
        beside[pair] = False
        alike[pair], alike[:, pair] = -np.inf, -np.inf
        columns = similarities(known[new : new + 1], known[beside], area)
        alike[new, beside] = alike[beside, new] = columns[:, chosen].sum(axis=1)
    return known.boxes, pairs


def _with_room(regions: Regions, count: int) -> Regions:
    """Copy regions into arrays with room for those to come."""
    parts = vars(regions).values()
    room = (np.zeros((count - len(part), *part.shape[1:])) for part in parts)
    return Regions(*map(np.concatenate, zip(parts, room, strict=True)))


def _join(known: Regions, pair: Int[ndarray, "2"], new: int) -> None:
    """Write what two regions are together to a new place."""
    sizes = known.size[pair]
    shares = sizes / sizes.sum()
    known.colour[new] = shares @ known.colour[pair]
    known.texture[new] = shares @ known.texture[pair]
    known.size[new] = sizes.sum()
    known.boxes[new] = _around(known.boxes[pair[:1]], known.boxes[pair[1:]])[0]


def selective_search(
    image: Image,
    hierarchies: Sequence[Hierarchy] = QUICK,
    min_size: int = 20,
    least: float = 8.0,
) -> Float[Tensor, "m 4"]:
    """Propose boxes: those of every region of every hierarchy, each box once.

    The boxes of large regions, which were made last, come first; the hierarchies take turns.

    Args:
        image: three channels in [0, 1].
        hierarchies: how to group; each is a :data:`Hierarchy`.
        min_size: least pixels of a first region.
        least: side in pixels below which a box is not proposed.

    Raises:
        ValueError: for an image without three channels, or an unknown colour space.

    >>> image = torch.zeros(3, 32, 32)
    >>> image[0, 8:24, 4:20] = 1  # a red square
    >>> [4, 8, 20, 24] in selective_search(image).tolist()
    True
    """
    area = float(image[0].numel())
    rgb = in_space(image, "rgb")
    labels = {s: first_regions(rgb, s, min_size) for _, _, s in hierarchies}
    known = {
        (space, s): describe(in_space(image, space), labels[s])
        for space, s in {(space, s) for space, _, s in hierarchies}
    }
    ways = [
        group(known[space, s], touching(labels[s]), area, parts)[0][::-1]
        for space, parts, s in hierarchies
    ]
    places = np.concatenate([np.arange(len(boxes)) for boxes in ways])
    boxes = np.concatenate(ways)[places.argsort(kind="stable")]
    boxes = boxes[(boxes[:, 2:] - boxes[:, :2] >= least).all(axis=1)]
    each_once = list(dict.fromkeys(map(tuple, boxes.tolist())))
    return torch.tensor(each_once).view(-1, 4)
