"""Localization: say what the one thing of a picture is, and where.

Between naming a picture and finding everything in it lies this: at most one thing, one box. It
needs five more outputs and a loss that knows when they mean nothing. Asked of every window of a
larger picture, the same network finds many things, and convolutions ask all windows at once.

Read in this order, parts before the whole:

    label      one thing and its place as one list of numbers
    loss       where there is nothing, only p_c has a right answer
    landmarks  points that a network is to find
    model      a classifier with five more outputs
    windows    a small network at every place of a larger picture
    overfeat   windows at every pixel from a network that pools
    pretrained weights that are shipped
    pretrain   the script that learned them

Paper:  Sermanet, Eigen, Zhang, Mathieu, Fergus & LeCun 2014, "OverFeat: integrated recognition,
        localization and detection using convolutional networks"
Torch:  none; torchvision's detectors find many things
"""

from .label import decode, encode
from .landmarks import EXTREMES, extreme_points, landmark_loss, mirrored_extremes
from .loss import localization_losses, squared_loss
from .model import Localizer
from .overfeat import classify_every_pixel, interleave
from .pretrained import localizer_pretrained
from .windows import (
    WindowNet,
    classify_windows,
    cut_windows,
    fully_convolutional,
    window_boxes,
)

__all__ = [
    "EXTREMES",
    "Localizer",
    "WindowNet",
    "classify_every_pixel",
    "classify_windows",
    "cut_windows",
    "decode",
    "encode",
    "extreme_points",
    "fully_convolutional",
    "interleave",
    "landmark_loss",
    "localization_losses",
    "localizer_pretrained",
    "mirrored_extremes",
    "squared_loss",
    "window_boxes",
]
