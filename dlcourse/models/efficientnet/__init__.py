"""EfficientNet: one small network, found by search, and one rule that makes it larger.

With more power to spend, a network can be deeper, wider, or shown larger images. Each alone soon
pays less and less. EfficientNet raises all three together, in a fixed proportion.

Read in this order, parts before the whole:

    squeeze     a gate for each channel, from the mean of all channels
    stochastic  residual branches that are left out at random while the network learns
    mbconv      an inverted residual with a gate: the block
    scaling     depth, width and resolution, and what they cost
    network     a stem, seven stages of blocks, a classifier
    sizes       B0 to B7

Paper:  Tan & Le 2019, "EfficientNet: rethinking model scaling for convolutional neural networks"
Torch:  torchvision.models.efficientnet_b0 to efficientnet_b7
"""

from .mbconv import MBConv
from .network import EfficientNet
from .scaling import BASELINE, Scale, Stage, compound, scaled
from .sizes import (
    SIZES,
    Size,
    efficientnet_b0,
    efficientnet_b1,
    efficientnet_b2,
    efficientnet_b3,
    efficientnet_b4,
    efficientnet_b5,
    efficientnet_b6,
    efficientnet_b7,
)
from .squeeze import SqueezeExcitation
from .stochastic import StochasticDepth, stochastic_depth

__all__ = [
    "BASELINE",
    "SIZES",
    "EfficientNet",
    "MBConv",
    "Scale",
    "Size",
    "SqueezeExcitation",
    "Stage",
    "StochasticDepth",
    "compound",
    "efficientnet_b0",
    "efficientnet_b1",
    "efficientnet_b2",
    "efficientnet_b3",
    "efficientnet_b4",
    "efficientnet_b5",
    "efficientnet_b6",
    "efficientnet_b7",
    "scaled",
    "stochastic_depth",
]
