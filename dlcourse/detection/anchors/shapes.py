"""Shapes: the boxes of one cell, one for each scale and aspect ratio.

A scale says how much area a box covers and a ratio how it is spread over height and width. Keeping
the area when the ratio changes means that boxes of one scale compete on shape alone.

Axes:   n boxes
Paper:  Ren, He, Girshick & Sun 2015, "Faster R-CNN"
Torch:  torchvision.models.detection.anchor_utils.AnchorGenerator.generate_anchors, which rounds
        the corners to whole pixels: base_anchors(...).round()
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from .refusals import refuse_positive

__all__ = ["base_anchors"]


def base_anchors(
    scales: Sequence[float | int],
    aspect_ratios: Sequence[float | int],
    dtype: torch.dtype | None = None,
) -> Float[Tensor, "n 4"]:
    """Build a box around 0 for each aspect ratio and, within it, each scale.

    ``width = scale / sqrt(ratio)`` and ``height = scale * sqrt(ratio)``: the area is the scale's
    square, and height over width is the ratio.

    Args:
        scales: roots of the areas, in pixels.
        aspect_ratios: heights over widths.
        dtype: of the boxes; without one, torch's default.

    Returns:
        Boxes ``x1 y1 x2 y2``, all scales of the first ratio first.

    Raises:
        ValueError: if there is no scale or ratio, or one is not above 0.

    >>> base_anchors(scales=[8], aspect_ratios=[1, 4])
    tensor([[-4., -4.,  4.,  4.],
            [-2., -8.,  2.,  8.]])
    """
    refuse_positive("scales", scales)
    refuse_positive("aspect_ratios", aspect_ratios)
    dtype = dtype or torch.get_default_dtype()
    scale = torch.as_tensor(scales, dtype=dtype)
    root = torch.as_tensor(aspect_ratios, dtype=dtype).sqrt()
    widths = scale / root[:, None]  # ratios, scales
    heights = scale * root[:, None]
    half = torch.stack([widths, heights], dim=-1).flatten(0, 1) / 2
    return torch.cat([-half, half], dim=1)
