"""Gatys: paint one picture's content in another one's style, by changing its pixels.

Read in this order:

    losses     of content, by maps; of style, by Gram matrices; of roughness
    look       what is seen of a picture at named layers, in its colours, and from further away
    painting   the pixels, optimised
    vgg        the paper's network, trained by others or drawn at random
    filters    random filters of many sizes
    trained    the small network that comes with the package
    likeness   whether things can still be recognised
    sweep      the script that painted the pictures that ship
    swept      those pictures

Paper:  Gatys, Ecker & Bethge 2016, "Image style transfer using convolutional neural networks"
Torch:  none
"""

from .filters import SIDES, random_filters
from .likeness import edge_similarity
from .look import PIXELS, Features, look
from .losses import (
    Gram,
    content_loss,
    gram_matrix,
    relative_weights,
    style_loss,
    total_variation,
)
from .painting import Cost, Painting, stylize
from .swept import Swept, swept
from .trained import network_features
from .vgg import random_vgg, vgg_activations, vgg_pretrained

__all__ = [
    "PIXELS",
    "SIDES",
    "Cost",
    "Features",
    "Gram",
    "Painting",
    "Swept",
    "content_loss",
    "edge_similarity",
    "gram_matrix",
    "look",
    "network_features",
    "random_filters",
    "random_vgg",
    "relative_weights",
    "style_loss",
    "stylize",
    "swept",
    "total_variation",
    "vgg_activations",
    "vgg_pretrained",
]
