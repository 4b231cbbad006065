"""FCN: a classifier read as one convolution, whose coarse answers are scaled up and refined.

Fully connected layers are convolutions whose kernel is as large as their map. Read so, a classifier
answers for every window of any picture at once, 32 pixels apart. Two finer maps on the way down say
where, and transposed convolutions bring all answers to the size of the picture.

Read in this order, parts before the whole:

    grid        where in the picture the cells of a map stand
    upsampling  transposed convolutions that begin as bilinear interpolation
    network     scores of three maps, added where they stand, and scaled up
    vgg         FCN-32s, 16s and 8s on VGG-16, as in the paper
    small       the same for scenes of 64 pixels, with weights

The layer that turns a dense head into convolutions is
:func:`dlcourse.models.vgg.convolutional_head`.

Paper:  Long, Shelhamer & Darrell 2015, "Fully convolutional networks for semantic segmentation"
Torch:  torchvision.models.segmentation.fcn_resnet50, a later form without skips
"""

from .grid import Grid, align
from .network import FCN
from .small import small, small_pretrained
from .upsampling import bilinear_kernel, upsampler
from .vgg import fcn_vgg16

__all__ = [
    "FCN",
    "Grid",
    "align",
    "bilinear_kernel",
    "fcn_vgg16",
    "small",
    "small_pretrained",
    "upsampler",
]
