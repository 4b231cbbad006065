"""Masks: pictures whose every pixel has a class.

Few pictures come with one: somebody has to colour every pixel by hand. These are five ways around
it: a picture that is its own answer, two rules that find coins and cells, a camera pair that
measured depth, and scenes that were composed.

Read in this order:

    silhouette  a horse, which is its own mask
    rules       coins and cells, labelled by a rule: pseudo-labels
    depth       a motorcycle, by its measured disparity
    maps        composed scenes, exact to the pixel
"""

from .depth import IGNORED, motorcycle
from .maps import MAP_CLASSES, class_maps
from .rules import cells, coins
from .silhouette import horse

__all__ = [
    "IGNORED",
    "MAP_CLASSES",
    "cells",
    "class_maps",
    "coins",
    "horse",
    "motorcycle",
]
