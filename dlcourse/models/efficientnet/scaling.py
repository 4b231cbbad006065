"""Scaling: deeper, wider, or larger images, and all three in proportion.

A layer's multiply-adds grow with the square of the channels and the square of the sides, and a
network's with the number of its layers. So ``depth * width**2 * resolution**2`` is what a scaled
network costs, to a first approximation, and a budget can be spent on any of the three.

Paper:  Tan & Le 2019, "EfficientNet: rethinking model scaling for convolutional neural networks",
        equation 3 and table 1
Torch:  torchvision.models.efficientnet.MBConvConfig
"""

from collections.abc import Sequence
from math import ceil
from typing import NamedTuple

from dlcourse.models.mobilenet import make_divisible

__all__ = ["BASELINE", "Scale", "Stage", "compound", "scaled"]


class Stage(NamedTuple):
    """Blocks of one size; the first of them has the stride, the others have 1."""

    expand_ratio: int
    kernel_size: int
    stride: int
    channels: int
    blocks: int


BASELINE = (
    Stage(1, 3, 1, 16, 1),
    Stage(6, 3, 2, 24, 2),
    Stage(6, 5, 2, 40, 2),
    Stage(6, 3, 2, 80, 3),
    Stage(6, 5, 1, 112, 3),
    Stage(6, 5, 2, 192, 4),
    Stage(6, 3, 1, 320, 1),
)
"""EfficientNet-B0, table 1 of the paper."""


class Scale(NamedTuple):
    """Factors on the number of blocks, on the channels and on the image's sides."""

    depth: float = 1.0
    width: float = 1.0
    resolution: float = 1.0

    @property
    def cost(self) -> float:
        """Predict the factor on the multiply-adds: ``depth width^2 resolution^2``."""
        return self.depth * self.width**2 * self.resolution**2


def compound(
    phi: float, alpha: float = 1.2, beta: float = 1.1, gamma: float = 1.15
) -> Scale:
    """Raise depth, width and resolution together: ``alpha^phi, beta^phi, gamma^phi``.

    The paper's three numbers were searched for on small networks, under the condition that
    ``alpha beta^2 gamma^2`` be about 2, so that each unit of ``phi`` doubles the cost.

    >>> compound(2.0, alpha=2.0, beta=1.0, gamma=3.0)
    Scale(depth=4.0, width=1.0, resolution=9.0)
    """
    return Scale(alpha**phi, beta**phi, gamma**phi)


def scaled(
    width_mult: float, depth_mult: float, stages: Sequence[Stage] = BASELINE
) -> tuple[Stage, ...]:
    """Multiply channels, rounded to eights, and blocks, rounded up.

    Args:
        width_mult: factor on the channels.
        depth_mult: factor on the blocks of each stage.
        stages: what to start from.

    Raises:
        ValueError: if a factor is not positive.

    >>> [(stage.channels, stage.blocks) for stage in scaled(1.1, 1.2)][:3]  # B2
    [(16, 2), (24, 3), (48, 3)]
    """
    if depth_mult <= 0:
        raise ValueError(f"depth_mult ({depth_mult}) must be positive")
    return tuple(
        stage._replace(
            channels=make_divisible(stage.channels * width_mult),
            blocks=ceil(stage.blocks * depth_mult),
        )
        for stage in stages
    )
