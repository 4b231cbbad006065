"""Counts: which class was taken for which, pixel by pixel.

Everything that areas can tell about a map is in this table. Tables of several pictures add up, so
a data set of any size is judged in the memory of one picture.

Axes:   b pictures, h w pixels, k classes
Torch:  none; sklearn.metrics.confusion_matrix
"""

import torch
from jaxtyping import Int, Integer
from torch import Tensor

from .refusals import refuse_labels, refuse_pair

__all__ = ["confusion_matrix"]


def confusion_matrix(
    prediction: Integer[Tensor, "*b h w"],
    target: Integer[Tensor, "*b h w"],
    num_classes: int,
    *,
    ignore_index: int | None = None,
) -> Int[Tensor, "k k"]:
    """Count in row i and column j the pixels of class i that were taken for class j.

    Each pair of classes has a number of its own, ``i * num_classes + j``; equal numbers count.

    Args:
        prediction: the classes that were seen.
        target: the classes that are there.
        num_classes: k.
        ignore_index: a label in the target whose pixels are left out, whatever was seen there.

    Raises:
        ValueError: if the maps differ in shape, or a label is not one of 0 to k - 1.
        TypeError: for labels that are no whole numbers.

    >>> target = torch.tensor([[0, 0, 1]])
    >>> confusion_matrix(torch.tensor([[0, 1, 1]]), target, 2).tolist()
    [[1, 1], [0, 1]]
    """
    refuse_pair(prediction, target)
    if num_classes < 1:
        raise ValueError(f"num_classes ({num_classes}) must be at least 1")
    if ignore_index is not None:
        judged = target != ignore_index
        prediction, target = prediction[judged], target[judged]
    refuse_labels("prediction", prediction, num_classes)
    refuse_labels("target", target, num_classes)
    pairs = target.long() * num_classes + prediction.long()
    counts = torch.bincount(pairs.flatten(), minlength=num_classes**2)
    return counts.reshape(num_classes, num_classes)
