"""MobileNet: networks that a telephone can run, by taking convolutions apart.

An ordinary convolution looks around and mixes channels in one go, and pays for every pair of
channels at every entry of its kernel. The first MobileNet does the two one after the other. The
second also keeps what it hands on narrow, and widens it only inside a block.

Read in this order, parts before the whole:

    rounding   channel counts that processors like
    separable  depthwise, then pointwise: the block of the first network
    v1         MobileNet: 13 of them
    inverted   narrow, wide, narrow: the block of the second network
    v2         MobileNetV2: 17 of them
    pieces     run such a block without ever holding all that is wide in it
    curve      what a ReLU leaves of a curve, by the number of dimensions it has

Paper:  Howard et al. 2017, "MobileNets: efficient convolutional neural networks for mobile vision
        applications"; Sandler, Howard, Zhu, Zhmoginov & Chen 2018, "MobileNetV2: inverted residuals
        and linear bottlenecks"
Torch:  torchvision.models.mobilenet_v2; torchvision has no first MobileNet
"""

from .curve import recoverable, spiral, through_relu
from .inverted import InvertedResidual
from .pieces import in_pieces
from .rounding import make_divisible
from .separable import separable
from .v1 import MobileNetV1, mobilenet_v1
from .v2 import MobileNetV2, mobilenet_v2

__all__ = [
    "InvertedResidual",
    "MobileNetV1",
    "MobileNetV2",
    "in_pieces",
    "make_divisible",
    "mobilenet_v1",
    "mobilenet_v2",
    "recoverable",
    "separable",
    "spiral",
    "through_relu",
]
