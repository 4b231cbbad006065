"""Ratios: accuracy, IoU and Dice of the classes, and their means.

The diagonal holds the pixels that are right; a row adds up to the pixels a class has, a column to
those it was given. IoU divides the right ones by all that have or were given the class, Dice by
the mean of both. A class that has no pixels and was given none has neither number: it is nan, and
left out of every mean.

Axes:   k classes
Paper:  Jaccard 1912, "The distribution of the flora in the alpine zone"; Dice 1945, "Measures of
        the amount of ecologic association between species"; Long, Shelhamer & Darrell 2015, "Fully
        convolutional networks for semantic segmentation" (the four means)
Torch:  none; sklearn.metrics.jaccard_score, f1_score, accuracy_score
"""

from jaxtyping import Float, Real
from torch import Tensor

from .refusals import refuse_confusion

__all__ = [
    "dice",
    "frequency_weighted_iou",
    "iou",
    "mean_accuracy",
    "mean_iou",
    "pixel_accuracy",
]

Confusion = Real[Tensor, "k k"]
"""Row: the class that is there; column: the class that was seen."""


def _areas(confusion: Confusion) -> tuple[Tensor, Tensor, Tensor]:
    """Give each class its right pixels, those it has, and those it was given."""
    refuse_confusion(confusion)
    counts = confusion.double()
    return counts.diagonal(), counts.sum(dim=1), counts.sum(dim=0)


def pixel_accuracy(confusion: Confusion) -> Float[Tensor, ""]:
    """Give the share of pixels that are right, over all classes at once; nan for no pixels.

    >>> pixel_accuracy(torch.tensor([[6, 1], [2, 1]])).item()
    0.7
    """
    right, has, _ = _areas(confusion)
    return right.sum() / has.sum()


def mean_accuracy(confusion: Confusion) -> Float[Tensor, ""]:
    """Average over the classes the share of their pixels that are right: their recall.

    Classes without pixels are left out.

    >>> mean_accuracy(torch.tensor([[6, 2], [1, 1]])).item()  # 3/4 and 1/2
    0.625
    """
    right, has, _ = _areas(confusion)
    return (right / has).nanmean()


def iou(confusion: Confusion) -> Float[Tensor, "k"]:
    """Divide, class by class, the intersection of both areas by their union.

    With the right pixels counted in both areas, the union is their sum less the right ones. A class
    that occurs in neither is nan.

    >>> iou(torch.tensor([[6, 1, 0], [2, 1, 0], [0, 0, 0]])).tolist()  # 6/9, 1/4, 0/0
    [0.6666666666666666, 0.25, nan]
    """
    right, has, given = _areas(confusion)
    return right / (has + given - right)


def mean_iou(confusion: Confusion) -> Float[Tensor, ""]:
    """Average IoU over the classes that occur, each with the same weight; nan if none does.

    >>> mean_iou(torch.tensor([[3, 1, 0], [0, 2, 0], [0, 0, 0]])).item()  # 3/4 and 2/3
    0.7083333333333333
    """
    return iou(confusion).nanmean()


def frequency_weighted_iou(confusion: Confusion) -> Float[Tensor, ""]:
    """Average IoU over the classes, each by the pixels it has; nan for no pixels.

    >>> frequency_weighted_iou(torch.tensor([[3, 1], [0, 2]])).item()  # (4 * 3/4 + 2 * 2/3) / 6
    0.7222222222222222
    """
    _, has, _ = _areas(confusion)
    return (has * iou(confusion)).nansum() / has.sum()


def dice(confusion: Confusion) -> Float[Tensor, "k"]:
    """Divide, class by class, twice the intersection by the sum of both areas.

    That is the F score of the class's pixels, and 2 IoU / (1 + IoU). A class that occurs in neither
    is nan.

    >>> dice(torch.tensor([[6, 1, 0], [2, 1, 0], [0, 0, 0]])).tolist()  # 12/15, 2/5, 0/0
    [0.8, 0.4, nan]
    """
    right, has, given = _areas(confusion)
    return 2 * right / (has + given)
