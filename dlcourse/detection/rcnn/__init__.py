"""R-CNN and its successors: propose regions, then say what is in each.

Each step of the family takes one more part into the network. R-CNN runs a network on every region
that a hand-made search proposes. SPP-Net runs it once and reads the regions off its map. Fast R-CNN
trains the classes, the boxes and the network together. Faster R-CNN learns to propose as well.

Read in this order, parts before the whole:

    regions     the pieces an image is first cut into, and what describes each
    selective   selective search: join the most similar, propose every box on the way
    warping     regions brought to one size, with a rim of what surrounds them
    describing  features of a region, by warping it or by pooling its cells
    machines    a support vector machine a class, and the negatives that fool it
    regression  least squares from features to the move of a box
    detections  from scored boxes to what is answered
    slow        R-CNN and SPP-Net
    sampling    which boxes a step learns from
    heads       Fast R-CNN's layers on a region, and their joint loss
    refusals    what no detector learns from
    shared      one map from all of the backbone's
    fast        Fast R-CNN
    svd         its fully connected layers, made thin
    proposing   the region proposal network, and its loss
    faster      Faster R-CNN
    training    joint, on given proposals, and in four alternating steps
    shipped     detectors with weights that come with the package
    pretrain    the script that learned those weights

Paper:  Girshick, Donahue, Darrell & Malik 2014, "Rich feature hierarchies for accurate object
        detection and semantic segmentation"; every file names its own
Torch:  torchvision.models.detection.faster_rcnn
"""

from .describing import PyramidFeatures, WarpedFeatures, map_of
from .detections import detections
from .fast import FastRCNN
from .faster import FasterRCNN
from .heads import FastRCNNPredictor, RoIHeads, TwoMLPHead, fastrcnn_loss
from .machines import Machine, mine, train_machine
from .proposing import RegionProposalNetwork, RPNHead, rpn_loss
from .regions import describe, first_regions, in_space, touching
from .regression import ridge
from .sampling import assign, balanced_sample
from .selective import PARTS, QUICK, THOROUGH, group, selective_search, similarities
from .shared import SharedMap
from .slow import RCNN
from .svd import thin_heads, truncated_svd
from .training import learn, proposals_of, train_fast, train_in_turns, train_jointly
from .warping import warp, with_context

__all__ = [
    "PARTS",
    "QUICK",
    "RCNN",
    "THOROUGH",
    "FastRCNN",
    "FastRCNNPredictor",
    "FasterRCNN",
    "Machine",
    "PyramidFeatures",
    "RPNHead",
    "RegionProposalNetwork",
    "RoIHeads",
    "SharedMap",
    "TwoMLPHead",
    "WarpedFeatures",
    "assign",
    "balanced_sample",
    "describe",
    "detections",
    "fastrcnn_loss",
    "first_regions",
    "group",
    "in_space",
    "learn",
    "map_of",
    "mine",
    "proposals_of",
    "ridge",
    "rpn_loss",
    "selective_search",
    "similarities",
    "thin_heads",
    "touching",
    "train_fast",
    "train_in_turns",
    "train_jointly",
    "train_machine",
    "truncated_svd",
    "warp",
    "with_context",
]
