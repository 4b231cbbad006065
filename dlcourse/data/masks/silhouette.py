"""Silhouette: a shape in black on white, which is its own mask.

There is nothing to learn in it. It serves to look at outlines: at what a metric says of a shape
that is shifted, swollen or drawn from fewer pixels.

Axes:   c h w of the picture, h w of its labels
Torch:  none
"""

import torch
from jaxtyping import Int
from torch import Tensor

from dlcourse.axes import Image

__all__ = ["horse"]


def horse() -> tuple[Image, Int[Tensor, "h w"]]:
    """Give a horse, black on white, and its mask: 0 paper, 1 horse.

    The picture is scikit-image's ``horse``, public domain.

    >>> image, labels = horse()
    >>> image.shape, labels.shape
    (torch.Size([1, 328, 400]), torch.Size([328, 400]))
    """
    from skimage import data

    paper = torch.tensor(data.horse())
    return paper.float()[None], (~paper).long()
