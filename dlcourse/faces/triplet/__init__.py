"""Triplet: learn by comparison that a person is nearer to himself than to anyone else.

A classifier can only name people it was trained on. A distance can compare anybody, and a loss of
three pictures teaches it directly: anchor and positive show one person, the negative another. Most
triples are soon right by far and teach nothing, so which of them are looked at decides.

Read in this order, parts before the whole:

    distances  squared distances of all pairs, by differences and by one product
    loss       the loss of given triplets
    triplets   three places in a batch, and all triplets that it holds
    mining     all, random, hard and semi-hard: the choice of what is worth learning
    mined      the loss of a batch, whose triplets are chosen on the way
    small      an embedding for portraits, with weights that are shipped
    pretrain   the script that learned those weights and compared the choices

Paper:  Schroff, Kalenichenko & Philbin 2015, "FaceNet: a unified embedding for face recognition and
        clustering"; Hermans, Beyer & Leibe 2017, "In defense of the triplet loss for person
        re-identification"
Torch:  torch.nn.TripletMarginLoss, torch.nn.TripletMarginWithDistanceLoss
"""

from .distances import squared_distances, squared_distances_by_product
from .loss import triplet_loss
from .mined import mined_triplet_loss
from .mining import (
    active_triplets,
    hard_triplets,
    random_triplets,
    semi_hard_triplets,
)
from .small import embedding_pretrained
from .triplets import Triplets, all_triplets

__all__ = [
    "Triplets",
    "active_triplets",
    "all_triplets",
    "embedding_pretrained",
    "hard_triplets",
    "mined_triplet_loss",
    "random_triplets",
    "semi_hard_triplets",
    "squared_distances",
    "squared_distances_by_product",
    "triplet_loss",
]
