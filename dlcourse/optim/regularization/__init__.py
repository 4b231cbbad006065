"""Regularization: keep a network from learning its examples instead of their kind.

A network with more weights than examples can be right about every one of them and know nothing of
the next. Each remedy takes some freedom away: from the weights, from the units, from the time, from
the labels, or from the single network that decides. The last files are about classes so rare that a
network can do well without them.

Read in this order, parts before the whole:

    refusals       shares and reductions that no function here accepts
    penalties      a price on large weights, and which of a model's parameters pay it
    dropout        units that fail at random, and the factor that makes up for them
    stopping       the weights of the moment when held-out data fared best
    reduction      one number out of the losses of many samples
    entropy        cross-entropy, with weights for the classes and smoothed labels
    averaging      the mean of what several networks believe
    balance        a weight for each class, and samples drawn so that classes come alike
    focal          a cross-entropy that counts what is hard
    priors         answers for other shares of the classes than those of the training

Paper:  Goodfellow, Bengio & Courville 2016, "Deep learning", chapter 7; every file names its own
Torch:  torch.nn.functional.dropout, cross_entropy; torchvision.ops.sigmoid_focal_loss
"""

from .averaging import Ensemble, average_predictions
from .balance import (
    compute_class_weight,
    compute_sample_weight,
    oversample,
    undersample,
)
from .dropout import Dropout, dropout
from .entropy import cross_entropy, smooth_labels
from .focal import focal_loss, sigmoid_focal_loss
from .penalties import decay_groups, l1_penalty, l2_penalty, weights_of
from .priors import shift_priors
from .stopping import EarlyStopping

__all__ = [
    "Dropout",
    "EarlyStopping",
    "Ensemble",
    "average_predictions",
    "compute_class_weight",
    "compute_sample_weight",
    "cross_entropy",
    "decay_groups",
    "dropout",
    "focal_loss",
    "l1_penalty",
    "l2_penalty",
    "oversample",
    "shift_priors",
    "sigmoid_focal_loss",
    "smooth_labels",
    "undersample",
    "weights_of",
]
