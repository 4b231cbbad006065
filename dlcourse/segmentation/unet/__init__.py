"""U-Net: down until the picture is understood, up until it is drawn, and across at each level.

Read in this order:

    blocks     two convolutions, the crop, the step up
    sizes      how long each side is, and which pictures do not fit
    network    the network
    tiles      pictures of any size
    weights    the loss, and the weights of pixels between two cells
    small      a small network for scenes, its twin without skips, and their weights
    compare    the script that learned those weights, and measures what skips are worth
    cells      a network for the cells of a photograph, with border weights and without

Paper:  Ronneberger, Fischer & Brox 2015, "U-Net: convolutional networks for biomedical image
        segmentation"
Torch:  none
"""

from .blocks import Up, center_crop, double_convolution
from .network import UNet
from .sizes import Step, fits, least_side, nearby, trace
from .small import small, small_pretrained
from .tiles import at_any_size, mirrored, overlap_tile
from .weights import (
    border_weights,
    class_weights,
    distances,
    pixel_cross_entropy,
    pixel_softmax,
    separated,
)

__all__ = [
    "Step",
    "UNet",
    "Up",
    "at_any_size",
    "border_weights",
    "center_crop",
    "class_weights",
    "distances",
    "double_convolution",
    "fits",
    "least_side",
    "mirrored",
    "nearby",
    "overlap_tile",
    "pixel_cross_entropy",
    "pixel_softmax",
    "separated",
    "small",
    "small_pretrained",
    "trace",
]
