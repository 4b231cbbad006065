"""Defaults: SSD's boxes over maps of several strides, small on fine maps and large on coarse.

Each map is given one scale and looks for objects of about that size. Scales are shares of the
image, evenly spaced, so that the set serves any image size.

Axes:   n boxes
Paper:  Liu, Anguelov, Erhan, Szegedy, Reed, Fu & Berg 2016, "SSD: single shot multibox detector",
        section 2.2
Torch:  torchvision.models.detection.anchor_utils.DefaultBoxGenerator
"""

from collections.abc import Sequence
from math import sqrt

import torch
from jaxtyping import Float
from torch import Tensor

from .grid import grid_anchors
from .refusals import refuse_positive

__all__ = ["default_boxes", "default_scales", "default_shapes"]


def default_scales(
    maps: int, min_ratio: float | int = 0.2, max_ratio: float | int = 0.9
) -> list[float]:
    """Space one scale for each map evenly, and put 1 behind them.

    ``s_k = min + (max - min) (k - 1) / (maps - 1)`` for k = 1 .. maps.

    Raises:
        ValueError: if there are fewer than two maps.

    >>> [round(scale, 2) for scale in default_scales(3, min_ratio=0.2, max_ratio=0.8)]
    [0.2, 0.5, 0.8, 1.0]
    """
    if maps < 2:
        raise ValueError(
            f"maps ({maps}) must be 2 at least; name a single scale yourself"
        )
    step = (max_ratio - min_ratio) / (maps - 1)
    return [min_ratio + step * k for k in range(maps)] + [1.0]


def default_shapes(
    scale: float | int, next_scale: float | int, aspect_ratios: Sequence[float | int]
) -> Float[Tensor, "n 2"]:
    """List widths and heights of one cell's boxes, as shares of the image.

    A square of side ``s``, a square of side ``sqrt(s s')`` where s' is the next scale, and for
    each ratio a the boxes ``(s sqrt(a), s / sqrt(a))`` and ``(s / sqrt(a), s sqrt(a))``.

    Args:
        scale: of this map.
        next_scale: of the map after it.
        aspect_ratios: without 1; each stands for itself and its inverse.

    Raises:
        ValueError: if a scale or a ratio is not above 0.

    >>> default_shapes(0.25, 1.0, [4]).tolist()
    [[0.25, 0.25], [0.5, 0.5], [0.5, 0.125], [0.125, 0.5]]
    """
    refuse_positive("scales", [scale, next_scale])
    shapes = [(scale, scale), (sqrt(scale * next_scale),) * 2]
    for ratio in aspect_ratios:
        refuse_positive("aspect_ratios", [ratio])
        long, short = scale * sqrt(ratio), scale / sqrt(ratio)
        shapes += [(long, short), (short, long)]
    return torch.tensor(shapes)


def default_boxes(
    image_size: Sequence[int],
    grid_sizes: Sequence[Sequence[int]],
    aspect_ratios: Sequence[Sequence[float | int]],
    scales: Sequence[float | int],
    steps: Sequence[float | int] | None = None,
    clip: bool = True,
) -> Float[Tensor, "n 4"]:
    """Lay the boxes of every map over the image, in pixels.

    Args:
        image_size: height and width in pixels.
        grid_sizes: rows and columns of each map.
        aspect_ratios: of each map, as :func:`default_shapes` takes them.
        scales: one for each map and one more.
        steps: pixels from cell to cell of each map; without them, image size over grid size.
        clip: whether to cut widths and heights that exceed the image. Boxes that hang over its
            border stay.

    Raises:
        ValueError: if the maps, their ratios, scales and steps differ in number.

    >>> default_boxes((8, 8), [(1, 1)], [[]], scales=[0.25, 1.0])
    tensor([[3., 3., 5., 5.],
            [2., 2., 6., 6.]])
    """
    maps = len(grid_sizes)
    counts = (len(aspect_ratios), len(scales) - 1, len(steps or grid_sizes))
    if any(count != maps for count in counts):
        raise ValueError(
            f"{maps} maps with {len(aspect_ratios)} lists of ratios, {len(scales)} scales and "
            f"{len(steps or grid_sizes)} steps; each map needs one, and the scales one more"
        )
    height, width = image_size
    found = []
    for k, (grid, ratios) in enumerate(zip(grid_sizes, aspect_ratios, strict=True)):
        shapes = default_shapes(scales[k], scales[k + 1], ratios)
        half = (shapes.clamp(max=1) if clip else shapes) * shapes.new_tensor(
            [width / 2, height / 2]
        )
        step = (steps[k],) * 2 if steps else (height / grid[0], width / grid[1])
        found.append(grid_anchors(grid, step, torch.cat([-half, half], dim=1)))
    return torch.cat(found)
