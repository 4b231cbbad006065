"""ResNet: layers that learn what to add to their input, so that depth does no harm.

A plain network of 56 layers fits its training data worse than one of 20, although it could copy the
20 and do nothing in the rest. Doing nothing is what its layers cannot learn. With a shortcut past
every two or three layers it is what they start from.

Read in this order, parts before the whole:

    shortcuts      the path past a block: empty, zeros for new channels (A), a projection (B)
    blocks         basic and bottleneck, with groups for ResNeXt
    preactivation  the second form, with nothing on the shortcut
    network        a stem, stages of blocks, a mean, a linear layer
    sizes          18 to 152 layers for ImageNet; plain twins, v2, ResNeXt
    cifar          6n + 2 layers for images of 32x32
    landscape      the loss along two directions
    paths          2^n ways through n blocks

Paper:  He, Zhang, Ren & Sun 2016, "Deep residual learning for image recognition"
Torch:  torchvision.models.resnet
"""

from .blocks import BasicBlock, Block, Bottleneck
from .cifar import cifar_resnet, resnet20, resnet32, resnet44, resnet56, resnet110
from .landscape import filter_normalized, loss_surface
from .network import ResNet, imagenet_stem
from .paths import blocks_of, gradient_along, path_shares, without_block
from .preactivation import PreactivationBlock, PreactivationBottleneck, norm_relu_conv
from .shortcuts import Shortcut, ZeroPadded, projected, unnormalized, zero_padded
from .sizes import (
    plain18,
    plain34,
    resnet18,
    resnet18_v2,
    resnet34,
    resnet50,
    resnet50_2015,
    resnet50_v2,
    resnet101,
    resnet152,
    resnext50_32x4d,
    resnext101_32x8d,
)

__all__ = [
    "BasicBlock",
    "Block",
    "Bottleneck",
    "PreactivationBlock",
    "PreactivationBottleneck",
    "ResNet",
    "Shortcut",
    "ZeroPadded",
    "blocks_of",
    "cifar_resnet",
    "filter_normalized",
    "gradient_along",
    "imagenet_stem",
    "loss_surface",
    "norm_relu_conv",
    "path_shares",
    "plain18",
    "plain34",
    "projected",
    "resnet18",
    "resnet18_v2",
    "resnet20",
    "resnet32",
    "resnet34",
    "resnet44",
    "resnet50",
    "resnet50_2015",
    "resnet50_v2",
    "resnet56",
    "resnet101",
    "resnet110",
    "resnet152",
    "resnext50_32x4d",
    "resnext101_32x8d",
    "unnormalized",
    "without_block",
    "zero_padded",
]
