"""Feedforward: train a network once to paint in one style, then paint any picture in one pass.

Read in this order:

    convolution   a convolution whose edge is a mirror, and two ways to make a picture larger
    network       the network that repaints
    perceptual    what its answer costs: content, style and roughness, as another network sees them
    fitting       steps down that cost, over crops of photographs
    small         a small one, with weights that are shipped
    pretrain      the script that learned those weights

Paper:  Johnson, Alahi & Fei-Fei 2016, "Perceptual losses for real-time style transfer and
        super-resolution"; Ulyanov, Vedaldi & Lempitsky 2016, "Instance normalization: the missing
        ingredient for fast stylization"
Torch:  none
"""

from .convolution import ReflectionConv2d, Upsampling, kernel_overlap
from .fitting import crops, fit
from .network import Residual, TransformationNet
from .perceptual import PerceptualLoss
from .small import painting_style, small, small_pretrained

__all__ = [
    "PerceptualLoss",
    "ReflectionConv2d",
    "Residual",
    "TransformationNet",
    "Upsampling",
    "crops",
    "fit",
    "kernel_overlap",
    "painting_style",
    "small",
    "small_pretrained",
]
