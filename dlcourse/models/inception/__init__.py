"""Inception: look at several scales at once, and pay for it with 1x1 convolutions.

A layer needs one kernel size, and things in photographs have many. An inception module convolves
with several sizes side by side and concatenates the answers. Thin layers of 1x1 in front make that
cheap, and what they save buys depth: GoogLeNet of 2014 has a ninth of AlexNet's weights.

Read in this order, parts before the whole:

    units         the convolution with its activation, that of 2014 and the normalized one
    branches      side by side, then one after the other along the channels
    modules       the naive module and the one with reductions
    auxiliary     classifiers halfway up, and the loss that adds them
    googlenet     GoogLeNet, as torchvision builds it and as the paper draws it
    normalized    BN-Inception: 5x5 becomes two 3x3, and every convolution is normalized
    factorised    the modules of v3: kernels of 1xn and nx1, the expanded module
    reduction     three ways to halve a grid, two of which lose something
    v3            Inception v3

Paper:  Szegedy et al. 2015, "Going deeper with convolutions"; Ioffe & Szegedy 2015, "Batch
        normalization: accelerating deep network training by reducing internal covariate shift";
        Szegedy, Vanhoucke, Ioffe, Shlens & Wojna 2016, "Rethinking the inception architecture for
        computer vision"
Torch:  torchvision.models.googlenet, inception_v3
"""

from .auxiliary import auxiliary_loss
from .branches import Branches
from .factorised import asymmetric_module, expanded_module, small_module
from .googlenet import GoogLeNet, GoogLeNetOutputs, googlenet, googlenet_2014
from .modules import Inception, NaiveInception
from .normalized import BNInception, bn_inception
from .reduction import convolve_first, pool_first, reduction_module
from .v3 import Inception3, InceptionOutputs, inception_v3

__all__ = [
    "BNInception",
    "Branches",
    "GoogLeNet",
    "GoogLeNetOutputs",
    "Inception",
    "Inception3",
    "InceptionOutputs",
    "NaiveInception",
    "asymmetric_module",
    "auxiliary_loss",
    "bn_inception",
    "convolve_first",
    "expanded_module",
    "googlenet",
    "googlenet_2014",
    "inception_v3",
    "pool_first",
    "reduction_module",
    "small_module",
]
