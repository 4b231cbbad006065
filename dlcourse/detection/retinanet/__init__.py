"""RetinaNet: one look at every place and size, and a loss that is not drowned by background.

Read in this order, parts before the whole:

    focal       the focal loss, what divides it, and the bias that it starts from
    pyramid     maps of all scales, each with what the deepest one knows
    levels      anchors on each map
    boxes       which anchor answers for which object, and the loss of its box
    heads       the two small networks on every level
    detections  from scores and corrections to a list of boxes
    network     the detector
    sizes       RetinaNet-50
    small       a RetinaNet for scenes, with weights that are shipped
    pretrain    the script that learned them
    compare     the script that puts all detectors to the same scenes

Paper:  Lin, Goyal, Girshick, He & Dollár 2017, "Focal loss for dense object detection"; Lin,
        Dollár, Girshick, He, Hariharan & Belongie 2017, "Feature pyramid networks for object
        detection"
Torch:  torchvision.models.detection.RetinaNet, retinanet_resnet50_fpn; torchvision.ops
        .FeaturePyramidNetwork, sigmoid_focal_loss
"""

from .boxes import match_anchors, regression_loss
from .detections import best_of_level, detect
from .focal import (
    classification_loss,
    classification_targets,
    loss_shares,
    prior_bias,
    sigmoid_focal_loss,
)
from .heads import RetinaNetHead, tower
from .levels import (
    SIDES,
    STRIDES,
    anchors_of_levels,
    bases_of_levels,
    levels_of_boxes,
)
from .network import PyramidBackbone, RetinaNet
from .pyramid import FeaturePyramidNetwork, LastLevelMaxPool, LastLevelP6P7, merge
from .sizes import ResNetBody, retinanet_resnet50_fpn
from .small import small, small_pretrained

__all__ = [
    "SIDES",
    "STRIDES",
    "FeaturePyramidNetwork",
    "LastLevelMaxPool",
    "LastLevelP6P7",
    "PyramidBackbone",
    "ResNetBody",
    "RetinaNet",
    "RetinaNetHead",
    "anchors_of_levels",
    "bases_of_levels",
    "best_of_level",
    "classification_loss",
    "classification_targets",
    "detect",
    "levels_of_boxes",
    "loss_shares",
    "match_anchors",
    "merge",
    "prior_bias",
    "regression_loss",
    "retinanet_resnet50_fpn",
    "sigmoid_focal_loss",
    "small",
    "small_pretrained",
    "tower",
]
