"""SSD300: VGG-16 without its fully connected layers, six maps of images of 300 pixels.

The two fully connected layers become convolutions, one of them dilated, and four pairs of further
ones lead down to a single cell. The map of the fourth stage is finer than any that a classifier
uses; its numbers are on another scale, so each cell is normalized and learns its length.

Axes:   b images
Paper:  Liu et al. 2016, "SSD: single shot multibox detector", section 3
Torch:  torchvision.models.detection.ssd300_vgg16; its state_dict fits
"""

import torch
from torch import Tensor, nn
from torch.nn.functional import normalize

from dlcourse.axes import Images
from dlcourse.models.vgg import DEPTHS, convolutions

from .network import SSD, DefaultBoxes

__all__ = ["SSD300_BOXES", "VGG16Maps", "ssd300_vgg16"]

SSD300_BOXES = DefaultBoxes(
    aspect_ratios=((2,), (2, 3), (2, 3), (2, 3), (2,), (2,)),
    scales=(0.07, 0.15, 0.33, 0.51, 0.69, 0.87, 1.05),
    steps=(8, 16, 32, 64, 100, 300),
)
"""Those of the authors' code and of torchvision; the paper's text spaces 0.2 to 0.9 evenly."""

MEAN = (0.48235, 0.45882, 0.40784)
"""Colour that is taken away before the pixels are stretched to 255."""

CHANNELS = (512, 1024, 512, 256, 256, 256)


class VGG16Maps(nn.Module):
    """Give the six maps: 38, 19, 10, 5, 3 and 1 cells a side for 300 pixels.

    >>> with torch.device("meta"):
    ...     maps = VGG16Maps()(torch.zeros(1, 3, 300, 300))
    >>> [tuple(x.shape[1:]) for x in maps][:2]
    [(512, 38, 38), (1024, 19, 19)]
    """

    def __init__(self) -> None:
        super().__init__()
        stages = convolutions(DEPTHS[16])
        stages.pool3.ceil_mode = True  # 75 cells become 38, as in the paper
        fourth = list(dict(stages.named_children())).index("pool4")
        self.features = nn.Sequential(*stages[:fourth])
        self.scale_weight = nn.Parameter(torch.full((512,), 20.0))
        self.extra = nn.ModuleList(
            [
                nn.Sequential(*stages[fourth:-1], _dense()),
                _further(1024, 512, stride=2, padding=1),
                _further(512, 256, stride=2, padding=1),
                _further(256, 256),
                _further(256, 256),
            ]
        )
        for layer in self.extra.modules():
            if isinstance(layer, nn.Conv2d):
                nn.init.xavier_uniform_(layer.weight)
                nn.init.zeros_(layer.bias)

    def forward(self, images: Images) -> list[Tensor]:
        """Compute the maps, fine to coarse."""
        mean = images.new_tensor(MEAN).view(3, 1, 1)
        x = self.features((images - mean) * 255)
        maps = [self.scale_weight.view(-1, 1, 1) * normalize(x)]
        for block in self.extra:
            x = block(x)
            maps.append(x)
        return maps


def _dense() -> nn.Sequential:
    """Make the former fully connected layers: a pooling that keeps the size, fc6, fc7."""
    return nn.Sequential(
        nn.MaxPool2d(kernel_size=3, stride=1, padding=1),
        nn.Conv2d(512, 1024, kernel_size=3, padding=6, dilation=6),
        nn.ReLU(inplace=True),
        nn.Conv2d(1024, 1024, kernel_size=1),
        nn.ReLU(inplace=True),
    )


def _further(
    in_channels: int, channels: int, stride: int = 1, padding: int = 0
) -> nn.Sequential:
    """Make the map coarser: half the channels by 1x1, then a 3x3."""
    middle = channels // 2
    return nn.Sequential(
        nn.Conv2d(in_channels, middle, kernel_size=1),
        nn.ReLU(inplace=True),
        nn.Conv2d(middle, channels, kernel_size=3, stride=stride, padding=padding),
        nn.ReLU(inplace=True),
    )


def ssd300_vgg16(num_classes: int = 20, **options: float) -> SSD:
    """Build SSD300 for images of 300 pixels.

    Args:
        num_classes: without the background; 20 in VOC, 90 in torchvision's COCO.
        options: of :class:`SSD`.

    >>> with torch.device("meta"):
    ...     sum(p.numel() for p in ssd300_vgg16(90).parameters())
    35641826
    """
    return SSD(VGG16Maps(), CHANNELS, num_classes, boxes=SSD300_BOXES, **options)
