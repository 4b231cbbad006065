"""Sizes: RetinaNet-50, as torchvision builds it, on the course's own ResNet-50.

Axes:   b images of 3 channels; the paper's shorter sides are 400 to 800 pixels
Paper:  Lin, Goyal, Girshick, He & Dollár 2017, "Focal loss for dense object detection"
Torch:  torchvision.models.detection.retinanet_resnet50_fpn
"""

import torch
from torch import Tensor, nn

from dlcourse.axes import Images
from dlcourse.models.resnet import ResNet, resnet50

from .levels import bases_of_levels
from .network import PyramidBackbone, RetinaNet
from .pyramid import FeaturePyramidNetwork, LastLevelP6P7

__all__ = ["ResNetBody", "retinanet_resnet50_fpn"]


class ResNetBody(nn.Module):
    """Give the maps of a ResNet's last three stages, C3, C4 and C5, of images in [0, 1].

    Colours are shifted and scaled as for ImageNet. The mean and the linear layer are left out.

    >>> with torch.device("meta"):
    ...     maps = ResNetBody(resnet50())(torch.empty(1, 3, 64, 64))
    >>> [tuple(map.shape[1:]) for map in maps]
    [(512, 8, 8), (1024, 4, 4), (2048, 2, 2)]
    """

    def __init__(self, network: ResNet) -> None:
        super().__init__()
        self.stem, self.stages = network.stem, network.stages
        mean, std = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)
        for name, colour in (("mean", mean), ("std", std)):
            values = torch.tensor(colour).view(3, 1, 1)
            self.register_buffer(name, values, persistent=False)

    def forward(self, x: Images) -> tuple[Tensor, ...]:
        """Compute three maps, of strides 8, 16 and 32."""
        x, maps = self.stem((x - self.mean) / self.std), []
        for stage in self.stages:
            x = stage(x)
            maps.append(x)
        return tuple(maps[-3:])


def retinanet_resnet50_fpn(num_classes: int = 91, **options: float) -> RetinaNet:
    """Build RetinaNet on ResNet-50 with five levels, P3 to P7, of 256 channels.

    Anchors lie where torchvision has them: corners in whole pixels, around the corner of a cell.

    Args:
        num_classes: k; torchvision's 91 are COCO's numbers, 0 and ten gaps among them.
        options: of :class:`RetinaNet`.

    >>> with torch.device("meta"):
    ...     sum(p.numel() for p in retinanet_resnet50_fpn().parameters())
    34068119
    """
    fpn = FeaturePyramidNetwork([512, 1024, 2048], 256, LastLevelP6P7(256, 256))
    backbone = PyramidBackbone(ResNetBody(resnet50()), fpn, 256)
    with torch.device("cpu"):  # also where the network itself is only planned
        bases = bases_of_levels(whole=True)
    return RetinaNet(backbone, num_classes, bases=bases, offset=0.0, **options)
