"""Shared: the map that proposals and regions are both read from.

Fast and Faster R-CNN compute one map of the image and read everything off it. A thing may be small,
which needs fine cells, and what it is may be told by its surroundings, which needs wide views. So
the maps of all strides are joined at the finest, and a convolution of 1 x 1, which is learned with
the rest, draws from them what regions need.

Axes:   b images, d channels of the map, oh ow cells of 8 pixels
Paper:  Bell, Zitnick, Bala & Girshick 2016, "Inside-outside net: detecting objects in context with
        skip pooling and recurrent neural networks" (maps of several strides, joined)
Torch:  none; torchvision builds a feature pyramid instead
"""

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import relu

from dlcourse.axes import Images

from .describing import map_of

__all__ = ["SharedMap"]


class SharedMap(nn.Module):
    """Compute one map from all of a backbone's.

    Args:
        backbone: gives a tuple of maps, the finest first, and has ``channels`` and ``strides``.
        out_channels: d.
    """

    def __init__(self, backbone: nn.Module, out_channels: int = 64) -> None:
        super().__init__()
        self.backbone = backbone
        self.stride, self.out_channels = backbone.strides[0], out_channels
        self.reduce = nn.Conv2d(sum(backbone.channels), out_channels, 1)

    def forward(self, images: Images) -> Float[Tensor, "b d oh ow"]:
        """Join the maps and reduce their channels."""
        return relu(self.reduce(map_of(self.backbone, images)))
