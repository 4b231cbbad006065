"""Regions: maps and boxes for the checks, and what they forbid."""

import torch
from torch import Tensor

from dlcourse.checks.judging import Draw

__all__ = ["LIBRARY", "draw_region", "swapped"]

LIBRARY = ("roi_pool", "roi_align", "ps_roi_pool", "ps_roi_align", "grid_sampler_2d")
"""Names of what torch and torchvision run to pool regions."""


def draw_region(draw: Draw) -> dict:
    """Draw a map, a box in pixels that may reach over its end, a number of bins, and a scale."""
    x = draw.tensor(draw.integer(1, 3), 6 + draw.side(), 7 + draw.side())
    scale = (0.5, 0.25)[draw.integer(0, 1)]
    corners = []
    for cells in (x.shape[2], x.shape[1]):
        start = draw.integer(0, 2 * cells) / 4
        end = start + draw.integer(3, 4 * (cells - 1)) / 4
        corners.append((start / scale, end / scale))
    (x1, x2), (y1, y2) = corners
    size = draw.integer(1, 3), draw.integer(2, 4)
    box = torch.tensor([x1, y1, x2, y2], dtype=torch.float64)
    return {"x": x, "box": box, "output_size": size, "spatial_scale": scale}


def swapped(box: Tensor) -> Tensor:
    """Take y for x."""
    return box[..., [1, 0, 3, 2]]
