"""CIFAR: the paper's small networks, for images of 32x32 pixels.

Three stages of n blocks keep the sides at 32, 16 and 8 pixels, with 16, 32 and 64 channels. With a
stem and a linear layer that is 6n + 2 layers, and n is all that changes, so that one can ask what
depth alone does.

Axes:   images of 3 channels and 32 pixels a side; others do as well
Paper:  He, Zhang, Ren & Sun 2016, "Deep residual learning for image recognition", section 4.2
Torch:  none
"""

from functools import partial

from dlcourse.models._convolution import conv_norm_activation

from .blocks import BasicBlock
from .network import ResNet
from .shortcuts import Shortcut, zero_padded

__all__ = [
    "cifar_resnet",
    "resnet20",
    "resnet32",
    "resnet44",
    "resnet56",
    "resnet110",
]


def cifar_resnet(
    depth: int,
    num_classes: int = 10,
    shortcut: Shortcut | None = zero_padded,
    width: int = 16,
    in_channels: int = 3,
) -> ResNet:
    """Build a network of ``depth = 6n + 2`` layers.

    Args:
        depth: layers with weights.
        num_classes: scores that leave.
        shortcut: option A, ``zero_padded``, as in the paper; option B, ``projected``; None for the
            plain twin.
        width: channels of the first stage; the others have two and four times as many.
        in_channels: channels of an image.

    Raises:
        ValueError: if there is no such n.

    >>> with torch.device("meta"):
    ...     sum(p.numel() for p in cifar_resnet(20).parameters())
    269722
    """
    blocks, rest = divmod(depth - 2, 6)
    if rest or blocks < 1:
        raise ValueError(
            f"depth ({depth}) must be 6n + 2 for a whole n from 1 on: 8, 14, 20, ..."
        )
    return ResNet(
        conv_norm_activation(in_channels, width, 3),
        partial(BasicBlock, shortcut=shortcut),
        depths=3 * (blocks,),
        widths=(width, 2 * width, 4 * width),
        num_classes=num_classes,
    )


def resnet20(num_classes: int = 10, shortcut: Shortcut | None = zero_padded) -> ResNet:
    """Build 9 blocks."""
    return cifar_resnet(20, num_classes, shortcut)


def resnet32(num_classes: int = 10, shortcut: Shortcut | None = zero_padded) -> ResNet:
    """Build 15 blocks."""
    return cifar_resnet(32, num_classes, shortcut)


def resnet44(num_classes: int = 10, shortcut: Shortcut | None = zero_padded) -> ResNet:
    """Build 21 blocks."""
    return cifar_resnet(44, num_classes, shortcut)


def resnet56(num_classes: int = 10, shortcut: Shortcut | None = zero_padded) -> ResNet:
    """Build 27 blocks."""
    return cifar_resnet(56, num_classes, shortcut)


def resnet110(num_classes: int = 10, shortcut: Shortcut | None = zero_padded) -> ResNet:
    """Build 54 blocks."""
    return cifar_resnet(110, num_classes, shortcut)
