"""Darknet-19: 3x3 convolutions as in VGG, 1x1 convolutions between them, no fully connected layer.

A 1x1 convolution halves the channels before each further 3x3 one, which makes the network a fifth
as costly as VGG-16. Batch normalization after every convolution lets it learn without dropout.

Axes:   b images, c channels, h w sides, k classes
Paper:  Redmon & Farhadi 2017, "YOLO9000: better, faster, stronger"
Torch:  none
"""

from collections import OrderedDict

from torch import nn

from .stages import Classifier, Stages, unit

__all__ = ["darknet19", "darknet19_features"]


def _stage(i: int, o: int, convolutions: int, *, pool: bool = True) -> nn.Sequential:
    """Halve the map, then take turns between o channels at 3x3 and half of them at 1x1."""
    layers = [nn.MaxPool2d(kernel_size=2)] if pool else []
    for n in range(convolutions):
        layers.append(unit(o, o // 2, 1) if n % 2 else unit(o // 2 if n else i, o))
    return nn.Sequential(*layers)


def darknet19_features() -> Stages:
    """Build its 18 convolutions, which all images share.

    >>> with torch.device("meta"):
    ...     maps = darknet19_features()(torch.empty(1, 3, 416, 416))
    >>> [tuple(map_.shape[1:]) for map_ in maps]
    [(256, 52, 52), (512, 26, 26), (1024, 13, 13)]
    """
    stages = (
        _stage(3, 32, 1, pool=False),
        _stage(32, 64, 1),
        _stage(64, 128, 3),
        _stage(128, 256, 3),
        _stage(256, 512, 5),
        _stage(512, 1024, 5),
    )
    return Stages(stages, (256, 512, 1024))


def darknet19(num_classes: int = 1000) -> Classifier:
    """Build the classifier: a map for each class, and the mean of each map.

    >>> with torch.device("meta"):
    ...     darknet19()(torch.empty(1, 3, 224, 224)).shape
    torch.Size([1, 1000])
    """
    head = OrderedDict(
        conv=nn.Conv2d(1024, num_classes, kernel_size=1),
        mean=nn.AdaptiveAvgPool2d(1),
        flatten=nn.Flatten(),
    )
    return Classifier(darknet19_features(), head)
