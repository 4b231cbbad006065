"""Multicrop: several crops of a test picture, and the mean of their answers.

Trained on crops, a network has never seen a whole picture. At test time it is shown the four
corners and the middle, and perhaps the mirror images of them, and says what they have in common.

Axes:   c h w, any number of axes before; k classes
Paper:  Krizhevsky, Sutskever & Hinton 2012, "ImageNet classification with deep convolutional neural
        networks"
Torch:  torchvision.transforms.v2.functional.five_crop, ten_crop
"""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Float, Num
from torch import Tensor

from . import flips  # whole: ten_crop has an argument called vertical_flip
from .crops import Cropped, Size, center_crop, crop, sides

__all__ = ["five_crop", "mean_prediction", "ten_crop"]

Image = Num[Tensor, "*b c h w"]


def five_crop(image: Image, size: Size) -> tuple[Cropped, ...]:
    """Cut out the corners, upper left, upper right, lower left, lower right, and the middle.

    Raises:
        ValueError: if the crop is larger than the picture.

    >>> [part.item() for part in five_crop(torch.arange(9).reshape(1, 3, 3), 1)]
    [0, 2, 6, 8, 4]
    """
    height, width = sides(size)
    down, across = image.shape[-2] - height, image.shape[-1] - width
    if down < 0 or across < 0:
        raise ValueError(
            f"the crop of {height}x{width} is larger than the picture of "
            f"{image.shape[-2]}x{image.shape[-1]}"
        )
    corners = ((0, 0), (0, across), (down, 0), (down, across))
    cut = tuple(crop(image, top, left, height, width) for top, left in corners)
    return *cut, center_crop(image, (height, width))


def ten_crop(
    image: Image, size: Size, vertical_flip: bool = False
) -> tuple[Cropped, ...]:
    """Cut out the five, and the five of the mirror image, or of the one upside down.

    Raises:
        ValueError: if the crop is larger than the picture.

    >>> [part.item() for part in ten_crop(torch.arange(9).reshape(1, 3, 3), 1)]
    [0, 2, 6, 8, 4, 2, 0, 8, 6, 4]
    """
    flip = flips.vertical_flip if vertical_flip else flips.horizontal_flip
    return *five_crop(image, size), *five_crop(flip(image), size)


def mean_prediction(
    model: Callable[[Tensor], Float[Tensor, "b k"]],
    crops: Sequence[Float[Tensor, "b c oh ow"]],
) -> Float[Tensor, "b k"]:
    """Average the probabilities that a model gives to each class, over the crops.

    Args:
        model: turns a batch into scores, of which softmax makes probabilities.
        crops: as many batches, one image of each showing the same picture.

    >>> swap = lambda x: x.flatten(1).log()
    >>> crops = [torch.tensor([[[[0.5, 0.5]]]]), torch.tensor([[[[0.0, 1.0]]]])]
    >>> mean_prediction(swap, crops).tolist()
    [[0.25, 0.75]]
    """
    return torch.stack([model(part).softmax(dim=1) for part in crops]).mean(dim=0)
