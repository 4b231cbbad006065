"""SSD: every default box on maps of several strides says what it sees, in one pass.

Small things are looked for on fine maps and large ones on coarse maps, so one network sees all
sizes without a pyramid of images and without proposals. Nearly all boxes see background; of these
only the hardest take part in the loss.

Read in this order, parts before the whole:

    mining      hard negatives, three for each positive
    loss        smooth L1 for boxes, cross-entropy for classes
    heads       a 3x3 convolution for classes and one for boxes on every map
    detections  from scores and codes to a short list
    network     the detector on any backbone
    vgg         SSD300 on VGG-16, with its dilated layer
    small       a detector for scenes, with weights that are shipped
    pretrain    the script that learned those weights

Paper:  Liu, Anguelov, Erhan, Szegedy, Reed, Fu & Berg 2016, "SSD: single shot multibox detector"
Torch:  torchvision.models.detection.SSD, ssd300_vgg16
"""

from .detections import detect
from .heads import SSDHead
from .loss import ssd_loss
from .mining import hard_negatives
from .network import SSD, DefaultBoxes
from .small import small, small_pretrained
from .vgg import SSD300_BOXES, VGG16Maps, ssd300_vgg16

__all__ = [
    "SSD",
    "SSD300_BOXES",
    "DefaultBoxes",
    "SSDHead",
    "VGG16Maps",
    "detect",
    "hard_negatives",
    "small",
    "small_pretrained",
    "ssd300_vgg16",
    "ssd_loss",
]
