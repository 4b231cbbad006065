"""Sensitive: each bin of the region reads channels of its own.

A fully convolutional head answers "how much does this look like the upper left of a cat" with one
map, "the lower right" with another. Bin ``(i, j)`` of a region reads only the maps for its own
position; the mean of the bins is the score, and no layer is run for each region.

Axes:   b batch, i channels that enter, o channels that leave (i = o oh ow), n boxes, oh ow bins
Paper:  Dai, Li, He & Sun 2016, "R-FCN: object detection via region-based fully convolutional
        networks"
Torch:  torchvision.ops.ps_roi_pool (whose forward pass forgets the last row and the last column of
        the map), ps_roi_align
"""

from jaxtyping import Float
from torch import Tensor

from dlcourse.nn.convolution.geometry import Sides

from .align import shifted
from .matrix import weighted
from .refusals import refuse_channels
from .regions import Boxes, Regions
from .taps import Taps, averaging, sampling

__all__ = ["ps_roi_align", "ps_roi_pool"]


def ps_roi_pool(
    input: Float[Tensor, "b i h w"],
    boxes: Boxes,
    output_size: Sides,
    spatial_scale: float = 1.0,
) -> Float[Tensor, "n o oh ow"]:
    """Average the cells of bin ``(r, c)`` in channel ``(o oh + r) ow + c``, for each ``o``.

    The region is rounded to cells, and ends before the cell it ends in; a bin outside the map
    is 0. Arguments and errors are those of :func:`~dlcourse.detection.roi.roi_align`.

    Raises:
        TypeError, ValueError: as ``roi_align``; and if the channels are no multiple of the bins.

    >>> maps = torch.arange(4.0).view(1, 4, 1, 1).expand(1, 4, 6, 6)
    >>> ps_roi_pool(maps, [torch.tensor([[1.0, 0.0, 5.0, 4.0]])], 2).tolist()
    [[[[0.0, 1.0], [2.0, 3.0]]]]
    """
    regions = Regions.of(input, boxes, output_size, spatial_scale)
    return _each_its_own(
        input, regions, averaging(regions.height), averaging(regions.width)
    )


def ps_roi_align(
    input: Float[Tensor, "b i h w"],
    boxes: Boxes,
    output_size: Sides,
    spatial_scale: float = 1.0,
    sampling_ratio: int = -1,
) -> Float[Tensor, "n o oh ow"]:
    """Average samples of bin ``(r, c)`` in channel ``(o oh + r) ow + c``, as an aligned RoIAlign.

    Raises:
        TypeError, ValueError: as ``roi_align``; and if the channels are no multiple of the bins.

    >>> maps = torch.arange(4.0).view(1, 4, 1, 1).expand(1, 4, 6, 6)
    >>> ps_roi_align(maps, [torch.tensor([[1.0, 1.0, 5.0, 5.0]])], 2).tolist()
    [[[[0.0, 1.0], [2.0, 3.0]]]]
    """
    regions = Regions.of(input, boxes, output_size, spatial_scale)
    sides = map(shifted, (regions.height, regions.width))
    taps = [sampling(side, sampling_ratio, least=0.0) for side in sides]
    return _each_its_own(input, regions, *taps)


def _each_its_own(
    input: Tensor, regions: Regions, rows: Taps, columns: Taps
) -> Float[Tensor, "n o oh ow"]:
    """Let bin ``p`` read every channel whose place among the bins is ``p``."""
    bins = regions.height.bins, regions.width.bins
    refuse_channels(input.shape[1], bins)
    return weighted(input, regions.images, rows, columns, planes=bins[0] * bins[1])
