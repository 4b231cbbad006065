"""Warping: cut every proposed region out of the image and bring it to one size.

The network of R-CNN takes pictures of one size, and proposals have any. So each is stretched to a
square, whatever its shape, with some of what surrounds it: a thing is easier to name with a rim of
its background. Where the rim leaves the image there is nothing to see, and the image's mean stands
in.

Axes:   n boxes, c channels, h w pixels of the image, s pixels of a warped side
Paper:  Girshick, Donahue, Darrell & Malik 2014, "Rich feature hierarchies for accurate object
        detection and semantic segmentation", appendix A
Torch:  torch.nn.functional.grid_sample
"""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import affine_grid, grid_sample

from dlcourse.axes import Image

__all__ = ["warp", "with_context"]


def with_context(
    boxes: Float[Tensor, "n 4"], size: int, context: int
) -> Float[Tensor, "n 4"]:
    """Widen boxes so that, once warped to ``size`` pixels, each has a rim of ``context`` of them.

    About its centre, a box grows by ``size / (size - 2 context)``.

    Args:
        boxes: in pixels of the image.
        size: of a warped side.
        context: of the rim, in warped pixels.

    Raises:
        ValueError: if the rim leaves no room for the box.

    >>> with_context(torch.tensor([[10.0, 10.0, 20.0, 30.0]]), size=20, context=5).tolist()
    [[5.0, 0.0, 25.0, 40.0]]
    """
    if not 0 <= 2 * context < size:
        raise ValueError(
            f"context ({context}) on both sides must leave some of size ({size})"
        )
    centre = (boxes[:, :2] + boxes[:, 2:]) / 2
    half = (boxes[:, 2:] - boxes[:, :2]) / 2 * size / (size - 2 * context)
    return torch.cat((centre - half, centre + half), dim=1)


def warp(
    image: Image, boxes: Float[Tensor, "n 4"], size: int = 48, context: int = 3
) -> Float[Tensor, "n c s s"]:
    """Cut out each box with its rim and stretch it to a square, between pixels by their mean.

    Args:
        image: to cut from.
        boxes: in pixels of the image.
        size: of a warped side.
        context: of the rim, in warped pixels. The paper has 16 of 227.

    >>> image = torch.arange(16.0).view(1, 4, 4)
    >>> warp(image, torch.tensor([[1.0, 1.0, 3.0, 3.0]]), size=2, context=0).tolist()
    [[[[5.0, 6.0], [9.0, 10.0]]]]
    """
    height, width = image.shape[1:]
    if not len(boxes):
        return image.new_zeros(0, len(image), size, size)
    wide = with_context(boxes, size, context) / image.new_tensor([width, height] * 2)
    middle = wide[:, :2] + wide[:, 2:] - 1  # in coordinates from -1 to 1
    half = wide[:, 2:] - wide[:, :2]
    places = torch.cat((torch.diag_embed(half), middle[:, :, None]), dim=2)  # n 2 3
    shape = [len(boxes), len(image), size, size]
    grid = affine_grid(places, shape, align_corners=False)
    mean = image.mean(dim=(1, 2))[:, None, None]
    sheets = (image - mean).expand(len(boxes), *image.shape)
    return grid_sample(sheets, grid, align_corners=False) + mean
