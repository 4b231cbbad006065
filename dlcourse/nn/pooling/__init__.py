"""Pooling: summarise each window of a feature map by one number.

A convolution finds features and says where they are to the pixel. Pooling keeps the finding and
gives up some of the place: the map shrinks, later layers see more of the image, and a small shift
changes little. It has no weights.

Read in this order, parts before the whole:

    definition   one window, one number, as loops over one channel
    sides        which cells a window holds along one side: padding, dilation, ceil_mode, bins
    sweep        largest cell, its place, and the sum of every window, one side after the other
    refusals     what a pooling does not accept, and how it says so
    maximum      max_pool2d: the gradient goes to the winner
    mean         avg_pool2d: the gradient is spread evenly
    power        lp_pool2d, between the sum and the maximum
    adaptive     a given number of bins, whatever the input's size; one bin is global pooling
    unpool       max_unpool2d: put the winners back
    pyramid      spatial_pyramid_pool: a vector of one length from maps of any size
    layers       the modules

Paper:  Boureau, Ponce & LeCun 2010, "A theoretical analysis of feature pooling in visual
        recognition"
Torch:  torch.nn.functional.max_pool2d, avg_pool2d, lp_pool2d, adaptive_max_pool2d,
        adaptive_avg_pool2d, max_unpool2d; the modules of torch.nn of the same names
"""

from .adaptive import (
    adaptive_avg_pool2d,
    adaptive_max_pool2d,
    global_avg_pool2d,
    global_max_pool2d,
)
from .definition import pool
from .layers import (
    AdaptiveAvgPool2d,
    AdaptiveMaxPool2d,
    AvgPool2d,
    LPPool2d,
    MaxPool2d,
    MaxUnpool2d,
)
from .maximum import max_pool2d
from .mean import avg_pool2d
from .power import lp_pool2d
from .pyramid import spatial_pyramid_pool
from .sides import bins
from .unpool import max_unpool2d

__all__ = [
    "AdaptiveAvgPool2d",
    "AdaptiveMaxPool2d",
    "AvgPool2d",
    "LPPool2d",
    "MaxPool2d",
    "MaxUnpool2d",
    "adaptive_avg_pool2d",
    "adaptive_max_pool2d",
    "avg_pool2d",
    "bins",
    "global_avg_pool2d",
    "global_max_pool2d",
    "lp_pool2d",
    "max_pool2d",
    "max_unpool2d",
    "pool",
    "spatial_pyramid_pool",
]
