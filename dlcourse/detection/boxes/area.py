"""Area: how large boxes are, and what is left of them inside an image.

A coordinate is a place between pixels: the box 0, 0, 1, 1 is the first pixel, and its width is
``x2 - x1``. Older code counts pixels from the first to the last, and adds 1.

Axes:   n m boxes; leading axes are batches
Paper:  none; the convention with the 1 is that of VOC's development kit
Torch:  torchvision.ops.box_area, clip_boxes_to_image, remove_small_boxes
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from .refusals import refuse_boxes, upcast

__all__ = ["box_area", "clip_boxes_to_image", "remove_small_boxes"]


def box_area(boxes: Float[Tensor, "*b n 4"]) -> Float[Tensor, "*b n"]:
    """Multiply width and height, ``(x2 - x1) (y2 - y1)``, in square pixels.

    Raises:
        TypeError: if the boxes are not a floating point tensor.
        ValueError: if a box has its corners in the wrong order.

    >>> box_area(torch.tensor([[2.0, 4.0, 8.0, 6.0], [1.0, 1.0, 1.0, 9.0]])).tolist()
    [12.0, 0.0]
    """
    refuse_boxes(boxes)
    left, top, right, bottom = upcast(boxes).unbind(-1)
    return (right - left) * (bottom - top)


def clip_boxes_to_image(
    boxes: Float[Tensor, "*b n 4"], size: tuple[int, int]
) -> Float[Tensor, "*b n 4"]:
    """Move every corner that lies outside the image to the nearest place on its edge.

    A box that lies outside altogether is left with a side of zero.

    Args:
        boxes: corners in pixels.
        size: height and width of the image.

    Raises:
        ValueError: if a box has its corners in the wrong order, or the image has a side below zero.

    >>> clip_boxes_to_image(torch.tensor([[-2.0, 4.0, 8.0, 12.0]]), size=(10, 20)).tolist()
    [[0.0, 4.0, 8.0, 10.0]]
    """
    refuse_boxes(boxes)
    height, width = size
    if min(height, width) < 0:
        raise ValueError(f"size {tuple(size)} has a side below zero")
    x, y = boxes[..., 0::2].clamp(0, width), boxes[..., 1::2].clamp(0, height)
    return torch.stack([x, y], dim=-1).flatten(-2)


def remove_small_boxes(
    boxes: Float[Tensor, "n 4"], min_size: int | float
) -> Int[Tensor, "m"]:
    """Find the boxes whose width and height are both at least ``min_size`` pixels.

    Returns:
        Their indices, in the order in which they stand.

    Raises:
        ValueError: if a box has its corners in the wrong order.

    >>> remove_small_boxes(torch.tensor([[0.0, 0, 9, 2], [0, 0, 3, 3]]), 3).tolist()
    [1]
    """
    refuse_boxes(boxes)
    sides = boxes[:, 2:] - boxes[:, :2]
    return (sides >= min_size).all(dim=1).nonzero().flatten()
