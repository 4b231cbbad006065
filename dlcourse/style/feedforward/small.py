"""Small: a network with a tenth of the paper's weights, and weights for it that are shipped.

It paints in one style, the brush strokes of ``dlcourse.data.patterns``, and was trained for three
minutes where the paper's took four hours on a GPU. ``python -m
dlcourse.style.feedforward.pretrain`` learns it again.

Axes:   b c h w, images with values in [0, 1]
Torch:  none
"""

from functools import partial
from pathlib import Path

from torch import nn

from dlcourse.axes import Image
from dlcourse.data.patterns import strokes
from dlcourse.style.gatys import network_features
from dlcourse.training import generator, load_shipped

from .network import TransformationNet
from .perceptual import PerceptualLoss

__all__ = [
    "CHECKSUM",
    "WEIGHTS",
    "loss_of_style",
    "painting_style",
    "small",
    "small_pretrained",
]

WEIGHTS = Path(__file__).with_name("small.safetensors")
"""The file that is shipped."""

CHECKSUM = "cba33064070d6e555b7aaf7241e81c95e235aaf485dbfc392c3afcd22d17989f"
"""SHA-256 of the file, as the script printed it."""

CONTENT = "relu2_2"
STYLE = ("pixels", "relu1_1", "relu2_1", "relu3_1", "relu2_1/2", "relu3_1/2")
CONTENT_WEIGHT = 0.3
ROUGHNESS = 0.1
"""Layers and weights of the loss; that of the style is 1, that of the total variation the last."""


def small(norm: type[nn.Module] = nn.InstanceNorm2d) -> TransformationNet:
    """Build the network: 12 channels at first, three residual blocks.

    Args:
        norm: the normalization, with weights of its own.

    >>> len(small().repaint)
    3
    """
    return TransformationNet(width=12, blocks=3, norm=partial(norm, affine=True))


def painting_style() -> Image:
    """Draw the picture whose style it learned."""
    return strokes(160, 192, generator(0), length=22.0, thickness=5.5)


def loss_of_style() -> PerceptualLoss:
    """Make the loss that it was trained by."""
    return PerceptualLoss(
        painting_style(), network_features(), CONTENT, STYLE, CONTENT_WEIGHT, ROUGHNESS
    )


def small_pretrained() -> TransformationNet:
    """Build the network with the shipped weights, in evaluation mode.

    Raises:
        ValueError: if the file is not the one that was shipped.

    >>> small_pretrained().training
    False
    """
    return load_shipped(
        small(), WEIGHTS, CHECKSUM, "dlcourse.style.feedforward.pretrain"
    )
