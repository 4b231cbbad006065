"""Refusals: what no function here accepts, each with the value and the rule.

torchvision takes most of these and goes on with infinities: the logarithm of a width of 0, or a
threshold that no overlap is compared with.

Torch:  Matcher refuses an image without boxes; here it is an image of background
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

__all__ = [
    "refuse_boxes",
    "refuse_overlaps",
    "refuse_positive",
    "refuse_share",
    "refuse_sizes",
]

ROUNDING = 1e-4
"""By how much a computed IoU may exceed 1."""


def refuse_positive(name: str, values: Sequence[float | int]) -> None:
    """Refuse an empty sequence, and one with a number that is not above 0."""
    if not len(values):
        raise ValueError(f"{name} () is empty; one is needed at least")
    for value in values:
        if not value > 0:
            raise ValueError(f"{name} holds {value}; it must be above 0")


def refuse_share(name: str, value: float | int) -> None:
    """Refuse a threshold outside of 0 to 1."""
    if not 0 <= value <= 1:
        raise ValueError(f"{name} ({value}) must lie from 0 to 1")


def refuse_sizes(name: str, sizes: Float[Tensor, "n 2"]) -> None:
    """Refuse what is not rows of width and height, both above 0 and finite."""
    if sizes.dim() != 2 or sizes.shape[1] != 2:
        raise ValueError(
            f"{name} has shape {tuple(sizes.shape)}; it needs rows of width and height"
        )
    wrong = ~(torch.isfinite(sizes) & (sizes > 0)).all(dim=1)
    if wrong.any():
        row = int(wrong.nonzero()[0])
        raise ValueError(
            f"{name}[{row}] is {sizes[row].tolist()}; width and height must be above 0"
        )


def refuse_boxes(name: str, boxes: Float[Tensor, "*n 4"], flat: bool = False) -> None:
    """Refuse what is not boxes ``x1 y1 x2 y2``, and flat ones unless they may pass."""
    if not boxes.is_floating_point():
        raise TypeError(f"{name} holds {boxes.dtype}; convert it with {name}.float()")
    if boxes.dim() < 1 or boxes.shape[-1] != 4:
        raise ValueError(
            f"{name} has shape {tuple(boxes.shape)}; its last axis must hold x1, y1, x2, y2"
        )
    sides = boxes[..., 2:] - boxes[..., :2]
    wrong = ~(torch.isfinite(sides) & ((sides >= 0) if flat else (sides > 0))).all(-1)
    if wrong.any():
        rule = "x1 <= x2 and y1 <= y2" if flat else "x1 < x2 and y1 < y2"
        raise ValueError(
            f"{name} holds the box {boxes[wrong][0].tolist()}; it needs finite corners, {rule}"
        )


def refuse_overlaps(iou: Float[Tensor, "n m"]) -> None:
    """Refuse what is not a table of truths times anchors with entries from 0 to 1."""
    if iou.dim() != 2:
        raise ValueError(
            f"iou has shape {tuple(iou.shape)}; it needs a row a truth, a column an anchor"
        )
    strange = ~((iou >= 0) & (iou <= 1 + ROUNDING))
    if strange.any():
        raise ValueError(f"iou holds {iou[strange][0].item()}; it must lie from 0 to 1")
