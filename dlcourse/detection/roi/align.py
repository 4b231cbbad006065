"""Align: sample the region between the cells, and average the samples of each bin.

Rounding a corner to a cell of stride 16 moves it by up to 8 pixels of the image: nothing to a
classifier, much to what has to place a box or a mask. Here nothing is rounded. The samples lie
where the region says, and each is interpolated from its four neighbours.

Axes:   b batch, c channels, h w the map, n boxes, oh ow bins
Paper:  He, Gkioxari, Dollar & Girshick 2017, "Mask R-CNN"
Torch:  torchvision.ops.roi_align
"""

from dataclasses import replace

from jaxtyping import Float
from torch import Tensor

from dlcourse.axes import Images
from dlcourse.nn.convolution.geometry import Sides

from .matrix import weighted
from .regions import Boxes, Interval, Regions
from .taps import sampling

__all__ = ["roi_align", "shifted"]


def shifted(side: Interval) -> Interval:
    """Move a side by half a cell: cell 0 has its centre at half a cell, and is sampled there."""
    return replace(side, start=side.start - 0.5, end=side.end - 0.5)


def roi_align(
    input: Images,
    boxes: Boxes,
    output_size: Sides,
    spatial_scale: float = 1.0,
    sampling_ratio: int = -1,
    aligned: bool = False,
) -> Float[Tensor, "n c oh ow"]:
    """Average the samples of each bin, interpolated between the four cells around them.

    Args:
        input: the maps.
        boxes: in pixels of the image: rows of image index and corners, or a list by image.
        output_size: bins a region is cut into, one number or height and width.
        spatial_scale: cells of the map to one pixel of the image, such as 1/16.
        sampling_ratio: samples along each side of a bin; below 1, a bin's cells rounded up.
        aligned: whether a coordinate counts from the corner of the first cell, as pixels do, and
            not from its centre; without it, a region has at least one cell on a side.

    Raises:
        TypeError: if the map or the boxes are not floating point tensors.
        ValueError: if a box is not finite, ends before it begins or belongs to no image; or a
            shape or size is wrong.

    >>> x = torch.tensor([[[[0.0, 10.0], [20.0, 30.0]]]])
    >>> roi_align(x, [torch.tensor([[0.5, 0.5, 1.5, 1.5]])], 1, aligned=True).item()
    15.0
    """
    regions = Regions.of(input, boxes, output_size, spatial_scale)
    sides, least = (regions.height, regions.width), 1.0
    if aligned:
        sides, least = map(shifted, sides), 0.0
    taps = [sampling(side, sampling_ratio, least) for side in sides]
    return weighted(input, regions.images, *taps)
