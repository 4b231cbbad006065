"""Overlap: how well a map of classes agrees with another, as a number and as a loss.

Most pixels of most pictures are ground, so the share of right pixels says little. Each class is
therefore judged by the overlap of its two areas, or of its two outlines. Neither has a gradient:
the losses put probabilities where the metrics count pixels.

Read in this order, parts before the whole:

    refusals  what maps and scores are accepted
    counts    which class was taken for which, pixel by pixel
    ratios    accuracy, IoU and Dice of the classes, and their means
    boundary  how much of an outline lies close to another
    soft      Dice and IoU of probabilities, which can be learned

Paper:  Everingham, Eslami, Van Gool, Williams, Winn & Zisserman 2015, "The PASCAL visual object
        classes challenge: a retrospective" (IoU); Dice 1945, "Measures of the amount of ecologic
        association between species"
Torch:  none; sklearn.metrics.jaccard_score, f1_score
"""

from .boundary import boundary, boundary_f
from .counts import confusion_matrix
from .ratios import (
    dice,
    frequency_weighted_iou,
    iou,
    mean_accuracy,
    mean_iou,
    pixel_accuracy,
)
from .soft import soft_dice_loss, soft_jaccard_loss

__all__ = [
    "boundary",
    "boundary_f",
    "confusion_matrix",
    "dice",
    "frequency_weighted_iou",
    "iou",
    "mean_accuracy",
    "mean_iou",
    "pixel_accuracy",
    "soft_dice_loss",
    "soft_jaccard_loss",
]
