"""Verification: whether two pictures show the same person, and from there, who it is.

A classifier can name only those it was trained on. A network that compares two pictures can compare
any two, so people may come and go without training. What is left to choose is a threshold, and how
often it errs depends on how many people it is asked about.

Read in this order, parts before the whole:

    pairs           all pairs of a set, their distances and which of them are the same person
    errors          the two kinds of error at a threshold
    curves          all thresholds at once: ROC, equal error rate, TAR at a given FAR
    comparison      two embeddings compared entry by entry: |difference| and chi-square
    siamese         one network for both pictures, and a head that says how likely they are one
    gallery         embeddings with names: search, add, remove, keep in a file
    identification  how errors grow with the number of people
    small           siamese networks for portraits, with weights that are shipped
    pretrain        the script that learned those weights

Paper:  Bromley, Guyon, LeCun, Säckinger & Shah 1993, "Signature verification using a siamese time
        delay neural network"; Taigman, Yang, Ranzato & Wolf 2014, "DeepFace: closing the gap to
        human-level performance in face verification"
Torch:  none; sklearn.metrics.roc_curve for the curves
"""

from .comparison import absolute_difference, chi_square
from .curves import equal_error_rate, roc, tar_at_far
from .errors import error_rates, verify
from .gallery import Gallery
from .identification import false_alarm_rate, identification_rates
from .pairs import pair_distances, pairs_of
from .siamese import COMPARISONS, Siamese, SiameseHead, siamese_loss
from .small import siamese_pretrained

__all__ = [
    "COMPARISONS",
    "Gallery",
    "Siamese",
    "SiameseHead",
    "absolute_difference",
    "chi_square",
    "equal_error_rate",
    "error_rates",
    "false_alarm_rate",
    "identification_rates",
    "pair_distances",
    "pairs_of",
    "roc",
    "siamese_loss",
    "siamese_pretrained",
    "tar_at_far",
    "verify",
]
