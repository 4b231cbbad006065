"""Depth: a motorcycle in a garage, labelled by how far away each pixel is.

Two cameras side by side see near things further apart than far ones. The shift, the disparity, was
measured for nearly every pixel by projected light, which makes it true to the pixel. Cut at two
values it gives classes that no hand has drawn.

Axes:   c h w of the picture, h w of its labels
Paper:  Scharstein, Hirschmueller, Kitajima, Krathwohl, Nesic, Wang & Westling 2014,
        "High-resolution stereo datasets with subpixel-accurate ground truth"
Torch:  none
"""

import numpy as np
import torch
from jaxtyping import Int
from torch import Tensor

from dlcourse.axes import Image

__all__ = ["CUTS", "IGNORED", "motorcycle"]

CUTS = (16.0, 30.0)
"""Disparities, in pixels, from which on a pixel is in the middle, and near."""

IGNORED = -100
"""The label of pixels without a class; ``torch.nn.functional.cross_entropy`` passes over it."""


def motorcycle() -> tuple[Image, Int[Tensor, "h w"]]:
    """Give the left picture and classes of its disparity: 0 far, 1 in the middle, 2 near.

    The wall is far, bench and shelf are in the middle, the motorcycle is near; the floor runs
    through all three. Pixels that only one camera sees have no disparity: they are
    :data:`IGNORED`. The picture is scikit-image's ``stereo_motorcycle``, from the Middlebury
    stereo data sets, CC0.

    >>> image, labels = motorcycle()
    >>> image.shape, labels.shape
    (torch.Size([3, 500, 741]), torch.Size([500, 741]))
    """
    from skimage import data

    left, _, disparity = data.stereo_motorcycle()
    image = torch.tensor(left).permute(2, 0, 1) / 255
    known = np.isfinite(disparity)
    classes = np.where(known, np.digitize(disparity, CUTS), IGNORED)
    return image.contiguous(), torch.tensor(classes).long()
