"""Refusals: what is not a box.

torchvision computes with corners in the wrong order and with NaN, and the answer is a number that
means nothing, or a box that silently never matches.

Torch:  accepts all of these but a wrong last axis
"""

import math

from torch import Tensor

__all__ = ["refuse_boxes", "upcast"]


def refuse_boxes(boxes: Tensor, name: str = "boxes") -> None:
    """Refuse what is not a table of boxes ``x1, y1, x2, y2`` with finite sides of at least zero."""
    if not isinstance(boxes, Tensor):
        raise TypeError(
            f"{name} is a {type(boxes).__name__}; convert it with torch.as_tensor"
        )
    if not boxes.is_floating_point():
        raise TypeError(f"{name} holds {boxes.dtype}; convert it with {name}.float()")
    if boxes.dim() < 2 or boxes.shape[-1] != 4:
        raise ValueError(
            f"{name} has shape {tuple(boxes.shape)}; it needs the axes (boxes, 4), and batches "
            "before them if there are any"
        )
    corners = boxes.detach()
    sides = corners[..., 2:] - corners[..., :2]
    sound = (sides >= 0) & (sides < math.inf)  # NaN and infinite corners fail as well
    if not sound.all():
        place = (~sound.all(dim=-1)).nonzero()[0].tolist()
        raise ValueError(
            f"{name}{place} is {corners[tuple(place)].tolist()}; a box is x1, y1, x2, y2, all "
            "finite, with x1 <= x2 and y1 <= y2"
        )


def upcast(boxes: Tensor) -> Tensor:
    """Compute in single precision at least: an area of 300x300 pixels overflows float16."""
    return boxes.float() if boxes.element_size() < 4 else boxes
