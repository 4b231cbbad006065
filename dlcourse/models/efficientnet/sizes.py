"""Sizes: B0 to B7, as they were published.

The depth and width factors follow the compound rule only roughly: they were rounded, and so were
the image sizes.

Paper:  Tan & Le 2019, "EfficientNet: rethinking model scaling for convolutional neural networks"
Torch:  torchvision.models.efficientnet_b0 to efficientnet_b7
"""

from functools import partial
from typing import NamedTuple

from torch import nn

from .network import EfficientNet

__all__ = [
    "SIZES",
    "Size",
    "efficientnet_b0",
    "efficientnet_b1",
    "efficientnet_b2",
    "efficientnet_b3",
    "efficientnet_b4",
    "efficientnet_b5",
    "efficientnet_b6",
    "efficientnet_b7",
]


class Size(NamedTuple):
    """Factors on channels and blocks, pixels on a side, and the dropout that goes with them."""

    width: float
    depth: float
    pixels: int
    dropout: float


SIZES = (
    Size(1.0, 1.0, 224, 0.2),
    Size(1.0, 1.1, 240, 0.2),
    Size(1.1, 1.2, 260, 0.3),
    Size(1.2, 1.4, 300, 0.3),
    Size(1.4, 1.8, 380, 0.4),
    Size(1.6, 2.2, 456, 0.4),
    Size(1.8, 2.6, 528, 0.5),
    Size(2.0, 3.1, 600, 0.5),
)
"""From B0 on. torchvision's weights of B2 are for 288 pixels instead of the paper's 260."""


def _build(number: int, num_classes: int, dropout: float | None) -> EfficientNet:
    width, depth, _, usual = SIZES[number]
    # the largest three were trained with the momentum and epsilon of their first implementation
    slow = partial(nn.BatchNorm2d, eps=1e-3, momentum=0.01)
    return EfficientNet(
        num_classes,
        width,
        depth,
        usual if dropout is None else dropout,
        norm=slow if number >= 5 else nn.BatchNorm2d,
    )


def efficientnet_b0(
    num_classes: int = 1000, dropout: float | None = None
) -> EfficientNet:
    """Build what torchvision builds under this name; without a ``dropout``, the size's own.

    >>> with torch.device("meta"):
    ...     sum(p.numel() for p in efficientnet_b0().parameters())
    5288548
    """
    return _build(0, num_classes, dropout)


def efficientnet_b1(
    num_classes: int = 1000, dropout: float | None = None
) -> EfficientNet:
    """Build B1, for images of 240x240."""
    return _build(1, num_classes, dropout)


def efficientnet_b2(
    num_classes: int = 1000, dropout: float | None = None
) -> EfficientNet:
    """Build B2, for images of 260x260, or 288x288 with torchvision's weights."""
    return _build(2, num_classes, dropout)


def efficientnet_b3(
    num_classes: int = 1000, dropout: float | None = None
) -> EfficientNet:
    """Build B3, for images of 300x300."""
    return _build(3, num_classes, dropout)


def efficientnet_b4(
    num_classes: int = 1000, dropout: float | None = None
) -> EfficientNet:
    """Build B4, for images of 380x380."""
    return _build(4, num_classes, dropout)


def efficientnet_b5(
    num_classes: int = 1000, dropout: float | None = None
) -> EfficientNet:
    """Build B5, for images of 456x456."""
    return _build(5, num_classes, dropout)


def efficientnet_b6(
    num_classes: int = 1000, dropout: float | None = None
) -> EfficientNet:
    """Build B6, for images of 528x528."""
    return _build(6, num_classes, dropout)


def efficientnet_b7(
    num_classes: int = 1000, dropout: float | None = None
) -> EfficientNet:
    """Build B7, for images of 600x600."""
    return _build(7, num_classes, dropout)
