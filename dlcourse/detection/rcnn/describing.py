"""Describing: the features of a region, by R-CNN's way and by SPP-Net's.

R-CNN runs the network on every warped region. Regions overlap, so it computes the same things
hundreds of times. SPP-Net runs it once on the whole image and reads each region off the map: the
cells under the region, pooled into grids of fixed size. What the classifier gets is of the same
length and kind.

Axes:   n boxes, c h w image, oh ow cells of a map; d channels of a map, or a region's features:
        channels times the bins of all levels
Paper:  Girshick, Donahue, Darrell & Malik 2014, "Rich feature hierarchies for accurate object
        detection"; He, Zhang, Ren & Sun 2014, "Spatial pyramid pooling in deep convolutional
        networks for visual recognition"
Torch:  none
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import interpolate

from dlcourse.axes import Image, Images
from dlcourse.detection.roi import roi_pool
from dlcourse.nn.pooling import spatial_pyramid_pool

from .warping import warp

__all__ = ["LEVELS", "PyramidFeatures", "WarpedFeatures", "map_of"]

LEVELS = (2, 1)
"""Bins along each side of the pyramid's grids."""


def map_of(backbone: nn.Module, images: Images) -> Float[Tensor, "b d oh ow"]:
    """Join the maps of all strides to one of the finest: fine cells that know what is around them.

    Args:
        backbone: gives maps of strides 8, 16 and 32.
        images: in [0, 1].
    """
    fine, *coarse = backbone(images)
    sides = fine.shape[-2:]
    return torch.cat([fine, *(interpolate(c, size=sides) for c in coarse)], dim=1)


class WarpedFeatures(nn.Module):
    """Describe regions as R-CNN does: warp each, run the network on each.

    Args:
        backbone: gives maps of strides 8, 16 and 32.
        size: of a warped side, in pixels.
        context: of the rim, in warped pixels.
        levels: bins of the pyramid over a warped region's map.
    """

    def __init__(
        self,
        backbone: nn.Module,
        size: int = 48,
        context: int = 3,
        levels: Sequence[int] = LEVELS,
    ) -> None:
        super().__init__()
        self.backbone, self.levels = backbone, tuple(levels)
        self.size, self.context = size, context

    @torch.no_grad()
    def forward(
        self, image: Image, boxes: Float[Tensor, "n 4"]
    ) -> Float[Tensor, "n d"]:
        """Run the network on every region."""
        regions = warp(image, boxes, self.size, self.context)
        parts = [map_of(self.backbone, part) for part in regions.split(64)]
        return spatial_pyramid_pool(torch.cat(parts), self.levels)


class PyramidFeatures(nn.Module):
    """Describe regions as SPP-Net does: run the network once, pool the cells of each region.

    Args:
        backbone: gives maps of strides 8, 16 and 32.
        scale: by which the image is enlarged first, so that small regions have cells enough.
        levels: bins of the pyramid over a region's cells.
    """

    def __init__(
        self, backbone: nn.Module, scale: int = 2, levels: Sequence[int] = LEVELS
    ) -> None:
        super().__init__()
        self.backbone, self.scale, self.levels = backbone, scale, tuple(levels)

    @torch.no_grad()
    def forward(
        self, image: Image, boxes: Float[Tensor, "n 4"]
    ) -> Float[Tensor, "n d"]:
        """Run the network on the image; pool each region."""
        large = interpolate(image[None], scale_factor=self.scale, mode="bilinear")
        grid = map_of(self.backbone, large)
        per_pixel = grid.shape[-1] / image.shape[-1]
        levels = [roi_pool(grid, [boxes], n, per_pixel) for n in self.levels]
        return torch.cat([level.flatten(1) for level in levels], dim=1)
