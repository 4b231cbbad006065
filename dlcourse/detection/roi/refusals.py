"""Refusals: what the pooling of regions does not accept, each with the value and the rule.

torchvision reads outside its memory when a box names an image that is not there, and makes a region
of one cell of a box that ends before it begins.
"""

from collections.abc import Sequence

from torch import Tensor

__all__ = [
    "refuse_boxes",
    "refuse_channels",
    "refuse_lists",
    "refuse_map",
    "refuse_scale",
]


def refuse_map(input: Tensor) -> None:
    """Refuse what is not a batch of feature maps with cells on both sides."""
    if not isinstance(input, Tensor):
        raise TypeError(
            f"input is a {type(input).__name__}; convert it with torch.as_tensor"
        )
    if not input.is_floating_point():
        raise TypeError(f"input holds {input.dtype}; convert it with input.float()")
    if input.dim() != 4 or 0 in input.shape[2:]:
        raise ValueError(
            f"input has shape {tuple(input.shape)}; it needs 4 axes (batch, channels, sides) and "
            "a cell on each side"
        )


def refuse_scale(spatial_scale: float) -> None:
    """Refuse a scale that turns boxes over or leaves nothing of them."""
    if not 0 < spatial_scale < float("inf"):
        raise ValueError(
            f"spatial_scale ({spatial_scale}) must be positive: cells of the map to one pixel"
        )


def refuse_lists(boxes: Sequence[Tensor], images: int) -> None:
    """Refuse a list that has not one tensor of boxes ``x1, y1, x2, y2`` for each image."""
    if len(boxes) != images:
        raise ValueError(
            f"boxes list {len(boxes)} images; the input has {images}, and each needs its boxes"
        )
    for i, found in enumerate(boxes):
        if not isinstance(found, Tensor) or not found.is_floating_point():
            kind = found.dtype if isinstance(found, Tensor) else type(found).__name__
            raise TypeError(f"boxes[{i}] is {kind}; it needs a floating point tensor")
        if found.dim() != 2 or found.shape[1] != 4:
            raise ValueError(
                f"boxes[{i}] has shape {tuple(found.shape)}; a row needs x1, y1, x2, y2"
            )


def refuse_boxes(table: Tensor, images: int) -> None:
    """Refuse a table of boxes with a wrong shape, or a row that is no box of these images."""
    if not table.is_floating_point():
        raise TypeError(f"boxes hold {table.dtype}; convert them with boxes.float()")
    if table.dim() != 2 or table.shape[1] != 5:
        raise ValueError(
            f"boxes have shape {tuple(table.shape)}; a row needs image, x1, y1, x2, y2"
        )
    image, x1, y1, x2, y2 = table.detach().unbind(1)
    _refuse_row(table, ~table.isfinite().all(1), "every number must be finite")
    known = (image >= 0) & (image < images)
    _refuse_row(table, ~known, f"its image must be one of 0 to {images - 1}")
    _refuse_row(table, (x2 < x1) | (y2 < y1), "x1 <= x2 and y1 <= y2 must hold")


def _refuse_row(table: Tensor, bad: Tensor, rule: str) -> None:
    """Name the first row that breaks the rule."""
    if bad.any():
        row = int(bad.nonzero()[0])
        values = ", ".join(f"{value:g}" for value in table[row].tolist())
        raise ValueError(f"box {row} (image, x1, y1, x2, y2 = {values}): {rule}")


def refuse_channels(channels: int, bins: tuple[int, int]) -> None:
    """Refuse a map whose channels cannot be dealt out evenly to the bins."""
    if channels % (bins[0] * bins[1]):
        raise ValueError(
            f"input has {channels} channels; {bins[0]}x{bins[1]} bins need a multiple of "
            f"{bins[0] * bins[1]}"
        )
