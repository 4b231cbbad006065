"""Sizes: the networks for ImageNet, 18 to 152 layers deep, their plain twins, v2 and ResNeXt.

A name's number counts the layers with weights on the longest way: the stem, two or three a block,
and the linear layer. Plain names are what torchvision builds, which since 2016 has the stride of a
bottleneck in its 3x3 ("v1.5"); the paper has it in the 1x1 before, as ``resnet50_2015``.

Axes:   images of 3 channels; 224 pixels a side in the papers
Paper:  He, Zhang, Ren & Sun 2016, "Deep residual learning for image recognition"; the same 2016,
        "Identity mappings in deep residual networks" (v2); Xie, Girshick, Dollár, Tu & He 2017,
        "Aggregated residual transformations for deep neural networks" (ResNeXt)
Torch:  torchvision.models.resnet18 to resnet152, resnext50_32x4d, resnext101_32x8d
"""

from collections.abc import Callable
from functools import partial

from torch import nn

from .blocks import BasicBlock, Bottleneck
from .network import ResNet, imagenet_stem
from .preactivation import PreactivationBlock, PreactivationBottleneck

__all__ = [
    "plain18",
    "plain34",
    "resnet18",
    "resnet18_v2",
    "resnet34",
    "resnet50",
    "resnet50_2015",
    "resnet50_v2",
    "resnet101",
    "resnet152",
    "resnext50_32x4d",
    "resnext101_32x8d",
]

WIDTHS = (64, 128, 256, 512)


def _network(
    block: Callable[..., nn.Module], depths: tuple[int, ...], num_classes: int
) -> ResNet:
    return ResNet(imagenet_stem(64), block, depths, WIDTHS, num_classes)


def resnet18(num_classes: int = 1000) -> ResNet:
    """Build 8 basic blocks.

    >>> with torch.device("meta"):
    ...     sum(p.numel() for p in resnet18().parameters())
    11689512
    """
    return _network(BasicBlock, (2, 2, 2, 2), num_classes)


def resnet34(num_classes: int = 1000) -> ResNet:
    """Build 16 basic blocks."""
    return _network(BasicBlock, (3, 4, 6, 3), num_classes)


def resnet50(num_classes: int = 1000) -> ResNet:
    """Build ResNet-34 of bottlenecks."""
    return _network(Bottleneck, (3, 4, 6, 3), num_classes)


def resnet101(num_classes: int = 1000) -> ResNet:
    """Build 33 bottlenecks."""
    return _network(Bottleneck, (3, 4, 23, 3), num_classes)


def resnet152(num_classes: int = 1000) -> ResNet:
    """Build 50 bottlenecks."""
    return _network(Bottleneck, (3, 8, 36, 3), num_classes)


def resnet50_2015(num_classes: int = 1000) -> ResNet:
    """Build ResNet-50 as its paper has it, with the stride of a bottleneck in the first 1x1."""
    block = partial(Bottleneck, stride_in_1x1=True)
    return _network(block, (3, 4, 6, 3), num_classes)


def resnext50_32x4d(num_classes: int = 1000) -> ResNet:
    """Build ResNet-50 with 32 groups of 4 channels in the 3x3 of the first stage.

    >>> with torch.device("meta"):
    ...     resnext50_32x4d().stages[0][0].residual[1].conv.groups
    32
    """
    block = partial(Bottleneck, groups=32, width_per_group=4)
    return _network(block, (3, 4, 6, 3), num_classes)


def resnext101_32x8d(num_classes: int = 1000) -> ResNet:
    """Build ResNet-101 with 32 groups of 8 channels in the 3x3 of the first stage."""
    block = partial(Bottleneck, groups=32, width_per_group=8)
    return _network(block, (3, 4, 23, 3), num_classes)


def plain18(num_classes: int = 1000) -> ResNet:
    """Build ResNet-18 without its shortcuts."""
    return _network(partial(BasicBlock, shortcut=None), (2, 2, 2, 2), num_classes)


def plain34(num_classes: int = 1000) -> ResNet:
    """Build ResNet-34 without its shortcuts."""
    return _network(partial(BasicBlock, shortcut=None), (3, 4, 6, 3), num_classes)


def _second_form(
    block: Callable[..., nn.Module], depths: tuple[int, ...], num_classes: int
) -> ResNet:
    def tail(channels: int) -> nn.Module:
        return nn.Sequential(nn.BatchNorm2d(channels), nn.ReLU())

    model = ResNet(imagenet_stem(64), block, depths, WIDTHS, num_classes, tail)
    model.stages[0][0].activation = nn.Identity()  # the stem's has just been
    return model


def resnet18_v2(num_classes: int = 1000) -> ResNet:
    """Build 8 basic blocks with the activation first.

    >>> with torch.device("meta"):  # the three projections lack 2 (128 + 256 + 512)
    ...     sum(p.numel() for p in resnet18_v2().parameters())
    11687720
    """
    return _second_form(PreactivationBlock, (2, 2, 2, 2), num_classes)


def resnet50_v2(num_classes: int = 1000) -> ResNet:
    """Build 16 bottlenecks with the activation first."""
    return _second_form(PreactivationBottleneck, (3, 4, 6, 3), num_classes)
