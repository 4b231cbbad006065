"""Margins: classify identities, and make the right answer harder than it has to be.

A classifier of faces is content once the right identity is ahead. Asking it to be ahead by an angle
draws the pictures of one person together and those of two apart, also of people it never saw.

Read in this order, parts before the whole:

    refusals   what the losses do not accept, and how they say so
    angles     cosines and sines between embeddings and the weights of classes
    scale      logits of the other classes, and how large a scale has to be
    cosine     CosFace: the margin is taken off the cosine
    additive   ArcFace: the margin is added to the angle
    multiple   SphereFace: the angle is multiplied by the margin
    annealing  the weight of the plain cosine, which falls as SphereFace learns
    heads      CosFace, ArcFace, SphereFace: last layers for a network that learns
    pairs      angles between pictures of one identity, and of two
    small      one network as five losses left it, with weights that are shipped
    pretrain   the script that learned them and compared the losses

Paper:  Liu, Wen, Yu, Li, Raj & Song 2017, "SphereFace: deep hypersphere embedding for face
        recognition"; Wang, Wang, Zhou, Ji, Gong, Zhou, Li & Liu 2018, "CosFace: large margin cosine
        loss for deep face recognition"; Deng, Guo, Xue & Zafeiriou 2019, "ArcFace: additive angular
        margin loss for deep face recognition"
Torch:  none
"""

from .additive import add_angle, arcface_logits, turned
from .angles import cosines, sines
from .annealing import annealed
from .cosine import cosface_logits
from .heads import ArcFace, CosFace, SphereFace
from .multiple import chebyshev, psi, sphereface_logits
from .pairs import pair_angles
from .scale import least_scale, with_target

__all__ = [
    "ArcFace",
    "CosFace",
    "SphereFace",
    "add_angle",
    "annealed",
    "arcface_logits",
    "chebyshev",
    "cosface_logits",
    "cosines",
    "least_scale",
    "pair_angles",
    "psi",
    "sines",
    "sphereface_logits",
    "turned",
    "with_target",
]
