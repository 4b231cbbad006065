"""Matching: which anchor stands for which object while training.

A target says where the objects are, not who shall answer for them. Every rule here gives each
anchor the index of an object, or says that it is background, or leaves it out of the loss. They
differ in how many anchors share an object, and in what becomes of an object that fits none.

Axes:   n truths, m anchors
Paper:  Ren, He, Girshick & Sun 2015, "Faster R-CNN"; Liu et al. 2016, "SSD: single shot multibox
        detector"; Redmon & Farhadi 2018, "YOLOv3: an incremental improvement"
Torch:  torchvision.models.detection._utils.Matcher and SSDMatcher. They refuse an image without
        objects, and give anchors to an object that overlaps none
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

from .clusters import shape_iou
from .grid import Stride
from .refusals import refuse_overlaps, refuse_positive, refuse_share

__all__ = ["BACKGROUND", "IGNORED", "match", "match_best", "match_one", "responsible"]

BACKGROUND = -1
"""What an anchor answers that shall learn to see nothing."""

IGNORED = -2
"""What an anchor answers that takes no part in the loss."""


def match(
    iou: Float[Tensor, "n m"],
    high: float | int,
    low: float | int,
    allow_low_quality: bool = False,
) -> Int[Tensor, "m"]:
    """Give each anchor its best object, if the IoU reaches ``high``: Faster R-CNN, RetinaNet.

    Below ``low`` it is background (-1), in between ignored (-2). With ``allow_low_quality``, an
    anchor that fits some object best of all anchors, however badly, keeps its own best object too.

    Args:
        iou: a row for each truth, a column for each anchor.
        high: IoU from which on an anchor stands for an object; 0.7 in Faster R-CNN.
        low: IoU below which it is background; 0.3 in Faster R-CNN.
        allow_low_quality: whether to serve objects that no anchor fits well. One may still go
            without, if the anchor that fits it best fits another better.

    Raises:
        ValueError: if a threshold or an IoU leaves 0 to 1, or low exceeds high.

    >>> iou = torch.tensor([[0.8, 0.5, 0.1, 0.0], [0.0, 0.2, 0.1, 0.4]])
    >>> match(iou, high=0.7, low=0.3).tolist()
    [0, -2, -1, -2]
    >>> match(iou, high=0.7, low=0.3, allow_low_quality=True).tolist()
    [0, -2, -1, 1]
    """
    refuse_overlaps(iou)
    _refuse_band(low, high)
    if not iou.numel():
        return _all_background(iou)
    overlap, truth = iou.max(dim=0)
    answer = torch.where(overlap >= high, truth, IGNORED)
    answer = torch.where(overlap < low, BACKGROUND, answer)
    if allow_low_quality:
        best = iou.amax(dim=1, keepdim=True)
        kept = ((iou == best) & (best > 0)).any(dim=0)
        answer = torch.where(kept, truth, answer)
    return answer


def match_best(
    iou: Float[Tensor, "n m"], threshold: float | int = 0.5
) -> Int[Tensor, "m"]:
    """Give each object its best anchor, then every other anchor its best object: SSD.

    First the anchors whose IoU reaches ``threshold`` take their best object, the others are
    background. Then each object takes the anchor that fits it best, whatever the IoU and whoever
    had it; of two objects that want the same one, the later row gets it.

    Args:
        iou: a row for each truth, a column for each anchor.
        threshold: IoU from which on an anchor stands for an object.

    Raises:
        ValueError: if the threshold or an IoU leaves 0 to 1.

    >>> iou = torch.tensor([[0.8, 0.6, 0.1], [0.0, 0.2, 0.3]])
    >>> match_best(iou).tolist()
    [0, 0, 1]
    """
    answer = match(iou, threshold, threshold)
    if not iou.numel():
        return answer
    overlap, best = iou.max(dim=1)
    return _give(answer, best, overlap > 0)


def responsible(
    boxes: Float[Tensor, "n 4"],
    shapes: Float[Tensor, "m 2"],
    grid_size: Sequence[int],
    stride: Stride,
) -> Int[Tensor, "n"]:
    """Name the one anchor that answers for each box: YOLO.

    Its cell is the one that holds the box's centre, its shape the one of highest IoU when both
    have one centre. Cells are half open: a centre on the line between two is in the later.

    Args:
        boxes: truths in pixels.
        shapes: widths and heights of a cell's anchors.
        grid_size: rows and columns of the map.
        stride: pixels from cell to cell.

    Returns:
        Places in the order of :func:`dlcourse.detection.anchors.grid_anchors`.

    Raises:
        ValueError: if a centre lies outside of the grid.

    >>> box = torch.tensor([[5.0, 0.0, 7.0, 4.0]])  # centre (6, 2): row 0, column 1
    >>> responsible(box, torch.tensor([[4.0, 2.0], [2.0, 4.0]]), (2, 2), 4).tolist()
    [3]
    """
    steps = tuple(stride) if isinstance(stride, Sequence) else (stride, stride)
    refuse_positive("stride", steps)
    first, last = boxes.split(2, dim=1)
    x, y = ((first + last) / 2).unbind(dim=1)
    row, column = (y / steps[0]).floor().long(), (x / steps[1]).floor().long()
    rows, columns = grid_size
    outside = (row < 0) | (row >= rows) | (column < 0) | (column >= columns)
    if outside.any():
        strange = int(outside.nonzero()[0])
        raise ValueError(
            f"boxes[{strange}] has its centre at ({x[strange]:g}, {y[strange]:g}), outside of the "
            f"{columns * steps[1]:g} x {rows * steps[0]:g} pixels of the grid"
        )
    shape = shape_iou(last - first, shapes).argmax(dim=1)
    return (row * columns + column) * len(shapes) + shape


def match_one(
    iou: Float[Tensor, "n m"], best: Int[Tensor, "n"], ignore: float | int = 0.5
) -> Int[Tensor, "m"]:
    """Give each object one anchor, and ignore others that overlap it well: YOLO.

    Where ``best`` names an anchor, it stands for that object; of two objects that name the same
    one, the later gets it. Any other anchor whose best IoU exceeds ``ignore`` is ignored (-2), the
    rest is background (-1). YOLO takes the IoU of the boxes that the network predicts at the time.

    Args:
        iou: a row for each truth, a column for each anchor or prediction.
        best: for each truth the anchor that answers for it.
        ignore: IoU above which an anchor is not punished for seeing an object.

    Raises:
        ValueError: if the threshold or an IoU leaves 0 to 1, or best names no anchor.

    >>> iou = torch.tensor([[0.8, 0.6, 0.1]])
    >>> match_one(iou, torch.tensor([0])).tolist()
    [0, -2, -1]
    """
    refuse_overlaps(iou)
    refuse_share("ignore", ignore)
    anchors = iou.shape[1]
    if best.shape != iou.shape[:1] or ((best < 0) | (best >= anchors)).any():
        raise ValueError(
            f"best is {best.tolist()}; it needs an anchor from 0 to {anchors - 1} for each of the "
            f"{len(iou)} truths"
        )
    if not iou.numel():
        return _all_background(iou)
    answer = torch.where(iou.amax(dim=0) > ignore, IGNORED, BACKGROUND)
    return _give(answer, best, torch.ones_like(best, dtype=torch.bool))


def _give(
    answer: Int[Tensor, "m"], best: Int[Tensor, "n"], wanted: Tensor
) -> Int[Tensor, "m"]:
    """Write each object's index at its anchor; of two at one anchor, the later stays."""
    truth = torch.arange(len(best), device=best.device)[wanted]
    given = torch.full_like(answer, -1).scatter_reduce(
        0, best[wanted], truth, reduce="amax"
    )
    return torch.where(given >= 0, given, answer)


def _all_background(iou: Float[Tensor, "n m"]) -> Int[Tensor, "m"]:
    """Answer for an image without objects, or a map without anchors."""
    return torch.full((iou.shape[1],), BACKGROUND, device=iou.device)


def _refuse_band(low: float | int, high: float | int) -> None:
    """Refuse thresholds outside of 0 to 1 or in the wrong order."""
    refuse_share("high", high)
    refuse_share("low", low)
    if low > high:
        raise ValueError(
            f"low ({low}) exceeds high ({high}); between them lies the band"
        )
