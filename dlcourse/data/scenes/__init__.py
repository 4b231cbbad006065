"""Scenes: photographs with things in them, and where each thing is.

Read in this order:

    cutouts    digits, coins, a cat, a cup and a rocket, each with its outline
    paste      one of them onto a picture
    scenes     pictures with several, their boxes, labels and masks
"""

from .cutouts import CLASSES
from .scenes import BACKGROUNDS, Scenes, Target, scenes

__all__ = ["BACKGROUNDS", "CLASSES", "Scenes", "Target", "scenes"]
