"""DenseNet: every layer of a block reads all that came before it, and adds a little.

A residual network adds each layer's answer to a state that all share. A dense network appends it,
so nothing is overwritten and a layer can be thin: it need not carry along what others have found.

Read in this order, parts before the whole:

    dense         the dense layer and the block that concatenates
    transition    between two blocks: fewer channels, half the side
    networks      121 to 201 layers for ImageNet, and the paper's networks for CIFAR
    reuse         how much each layer takes from each earlier one
    memory        what a forward pass keeps for the backward one

Paper:  Huang, Liu, van der Maaten & Weinberger 2017, "Densely connected convolutional networks";
        Pleiss et al. 2017, "Memory-efficient implementation of DenseNets"
Torch:  torchvision.models.densenet
"""

from .dense import DenseBlock, DenseLayer
from .memory import concatenated_channels, kept_for_backward
from .networks import (
    DenseNet,
    cifar_densenet,
    densenet121,
    densenet161,
    densenet169,
    densenet201,
)
from .reuse import feature_reuse, silenced
from .transition import Transition

__all__ = [
    "DenseBlock",
    "DenseLayer",
    "DenseNet",
    "Transition",
    "cifar_densenet",
    "concatenated_channels",
    "densenet121",
    "densenet161",
    "densenet169",
    "densenet201",
    "feature_reuse",
    "kept_for_backward",
    "silenced",
]
