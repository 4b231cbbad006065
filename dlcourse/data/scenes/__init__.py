"""Scenes: photographs with things in them, and where each thing is.

Read in this order:

    cutouts    digits, coins, a cat, a cup and a rocket, each with its outline
    paste      one of them onto a picture
    scenes     pictures with several, their boxes, labels and masks
    folders    annotations written by hand: what the two readers share
    voc        a folder in the form of PASCAL VOC
    coco       a file in the form of COCO
"""

from .coco import coco
from .cutouts import CLASSES
from .scenes import BACKGROUNDS, Scenes, Target, scenes
from .voc import voc

__all__ = ["BACKGROUNDS", "CLASSES", "Scenes", "Target", "coco", "scenes", "voc"]
