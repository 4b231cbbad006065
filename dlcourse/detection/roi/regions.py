"""Regions: boxes given in pixels of the image, placed on its feature map.

A map of stride 16 is 16 times smaller than its image, so a box shrinks by ``spatial_scale = 1/16``.
Where its corners then fall between two cells, each operator has its own opinion; nothing is
rounded here.

Axes:   n boxes
Torch:  torchvision.ops._utils.convert_boxes_to_roi_format
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from dlcourse.axes import Images
from dlcourse.nn.convolution.geometry import Sides, per_side

from .refusals import refuse_boxes, refuse_lists, refuse_map, refuse_scale

__all__ = ["Boxes", "Interval", "Regions"]

Boxes = Float[Tensor, "n 5"] | Sequence[Float[Tensor, "_ 4"]]
"""Rows of image index, x1, y1, x2, y2; or, for each image, its boxes x1, y1, x2, y2."""


@dataclass(frozen=True)
class Interval:
    """One side of every region: where it begins and ends on the map, and how many bins it gets."""

    start: Float[Tensor, "n"]
    end: Float[Tensor, "n"]
    bins: int
    cells: int
    """Cells the map has along this side."""


@dataclass(frozen=True)
class Regions:
    """The boxes on the feature map."""

    images: Int[Tensor, "n"]
    height: Interval
    width: Interval

    @classmethod
    def of(
        cls, input: Images, boxes: Boxes, output_size: Sides, spatial_scale: float
    ) -> "Regions":
        """Read the arguments as torchvision spells them, and scale the boxes.

        Raises:
            TypeError: if the map or the boxes are not floating point tensors.
            ValueError: if a shape is wrong, a box is not finite, ends before it begins or belongs
                to no image, or the scale or a number of bins is not positive.
        """
        refuse_map(input)
        refuse_scale(spatial_scale)
        bins = per_side("output_size", output_size)
        table = boxes if isinstance(boxes, Tensor) else _as_table(input, boxes)
        refuse_boxes(table, len(input))
        corners = table[:, 1:].to(_precise(input)) * spatial_scale
        x1, y1, x2, y2 = corners.unbind(1)
        return cls(
            table[:, 0].long(),
            Interval(y1, y2, bins[0], input.shape[2]),
            Interval(x1, x2, bins[1], input.shape[3]),
        )


def _as_table(input: Tensor, boxes: Sequence[Tensor]) -> Tensor:
    """Write the image's index before each box: ``n 5``."""
    refuse_lists(boxes, len(input))
    rows = [torch.cat([b.new_full((len(b), 1), i), b], 1) for i, b in enumerate(boxes)]
    return torch.cat(rows) if rows else input.new_zeros(0, 5)


def _precise(input: Tensor) -> torch.dtype:
    """Half precision cannot tell neighbouring places on a large map apart."""
    return torch.promote_types(input.dtype, torch.float32)
