"""Normalization: measure a layer's outputs, and hand them on with mean 0 and variance 1.

What the next layer meets then keeps its scale, whatever the weights below do. The members of the
family differ in one thing: the axes over which mean and variance are taken.

Read in this order, parts before the whole:

    refusals      what a normalization does not accept, and how it says so
    standardize   the one step: mean 0 and variance 1 a channel, with the backward pass by hand
    running       averages that outlive a batch, and the scale and shift they amount to
    batch         batch_norm: over the samples and places of a channel
    instance      instance_norm: over the places of a channel of one sample
    sample        layer_norm and group_norm: over channels of one sample
    switchable    switchable_norm: a learned mixture of three
    response      local_response_norm: by the neighbours in other channels, AlexNet's
    tracked       BatchNorm2d, InstanceNorm2d, SwitchableNorm2d, which remember
    stateless     LayerNorm, GroupNorm, LocalResponseNorm, which do not
    folding       fold_batch_norm: a trained normalization as part of the convolution before it

Paper:  Ioffe & Szegedy 2015, "Batch normalization: accelerating deep network training by reducing
        internal covariate shift"; Wu & He 2018, "Group normalization"
Torch:  torch.nn.functional.batch_norm, layer_norm, instance_norm, group_norm, local_response_norm
        and their modules
"""

from .batch import batch_norm
from .folding import fold_batch_norm
from .instance import instance_norm
from .response import local_response_norm
from .sample import group_norm, layer_norm
from .standardize import standardize
from .stateless import GroupNorm, LayerNorm, LocalResponseNorm
from .switchable import switchable_norm
from .tracked import BatchNorm2d, InstanceNorm2d, SwitchableNorm2d

__all__ = [
    "BatchNorm2d",
    "GroupNorm",
    "InstanceNorm2d",
    "LayerNorm",
    "LocalResponseNorm",
    "SwitchableNorm2d",
    "batch_norm",
    "fold_batch_norm",
    "group_norm",
    "instance_norm",
    "layer_norm",
    "local_response_norm",
    "standardize",
    "switchable_norm",
]
