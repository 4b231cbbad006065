"""Coding: a box as four numbers relative to its anchor, and back.

The centre moves by shares of the anchor's sides and the sides grow by factors, taken as logarithms.
So one and the same answer fits a small anchor and a large one, and 0 means that nothing changes.

Axes:   n boxes
Paper:  Girshick, Donahue, Darrell & Malik 2014, "Rich feature hierarchies for accurate object
        detection and semantic segmentation", appendix C
Torch:  torchvision.models.detection._utils.BoxCoder; SSD's variances 0.1 and 0.2 are the weights
        (10, 10, 5, 5)
"""

from collections.abc import Sequence
from math import log

import torch
from jaxtyping import Float
from torch import Tensor

from .refusals import refuse_boxes, refuse_positive

__all__ = ["LARGEST", "decode_boxes", "encode_boxes"]

LARGEST = log(1000 / 16)
"""Largest logarithm that a decoded side may grow by: 16 pixels become 1000."""

Codes = Float[Tensor, "*#n 4"]
"""Rows of tx, ty, tw, th."""

Boxes = Float[Tensor, "*#n 4"]
"""Rows of x1, y1, x2, y2 in pixels."""


def encode_boxes(
    reference: Boxes, anchors: Boxes, weights: Sequence[float | int] = (1, 1, 1, 1)
) -> Float[Tensor, "*n 4"]:
    """Write boxes as seen from their anchors.

    With centre x, y and sides w, h of the box, and xa, ya, wa, ha of the anchor:
    ``tx = (x - xa) / wa``, ``ty = (y - ya) / ha``, ``tw = log(w / wa)``, ``th = log(h / ha)``,
    each times its weight.

    Args:
        reference: boxes to write.
        anchors: one for each.
        weights: of the four numbers, to bring them to about the same spread.

    Raises:
        TypeError: if boxes are not floating point.
        ValueError: if a side is not above 0, for it has no logarithm.

    >>> anchor = torch.tensor([[0.0, 0.0, 4.0, 4.0]])
    >>> encode_boxes(torch.tensor([[2.0, 0.0, 6.0, 4.0]]), anchor).tolist()
    [[0.5, 0.0, 0.0, 0.0]]
    """
    refuse_boxes("reference", reference)
    refuse_boxes("anchors", anchors)
    scale = _scale(weights, reference)
    centre, sides = _centre_and_sides(reference)
    anchor_centre, anchor_sides = _centre_and_sides(anchors)
    shift = (centre - anchor_centre) / anchor_sides
    return torch.cat([shift, torch.log(sides / anchor_sides)], dim=-1) * scale


def decode_boxes(
    codes: Codes, anchors: Boxes, weights: Sequence[float | int] = (1, 1, 1, 1)
) -> Float[Tensor, "*n 4"]:
    """Build the boxes that the four numbers describe: the inverse of :func:`encode_boxes`.

    ``x = xa + tx wa`` and ``w = wa exp(tw)``, once the weights are divided out. A network that has
    not learned yet may answer anything, so tw and th are cut off at log(1000 / 16) first.

    Args:
        codes: rows of tx, ty, tw, th.
        anchors: one for each.
        weights: as in :func:`encode_boxes`.

    Raises:
        TypeError: if anchors are not floating point.
        ValueError: if an anchor's side is below 0.

    >>> anchor = torch.tensor([[0.0, 0.0, 4.0, 4.0]])
    >>> decode_boxes(torch.tensor([[0.5, 0.0, 0.0, 0.0]]), anchor).tolist()
    [[2.0, 0.0, 6.0, 4.0]]
    """
    refuse_boxes("anchors", anchors, flat=True)
    shift, growth = (codes / _scale(weights, codes)).split(2, dim=-1)
    anchor_centre, anchor_sides = _centre_and_sides(anchors)
    centre = anchor_centre + shift * anchor_sides
    half = anchor_sides * growth.clamp(max=LARGEST).exp() / 2
    return torch.cat([centre - half, centre + half], dim=-1)


def _centre_and_sides(boxes: Tensor) -> tuple[Tensor, Tensor]:
    """Split corners into centre x, y and sides w, h."""
    first, last = boxes.split(2, dim=-1)
    return (first + last) / 2, last - first


def _scale(weights: Sequence[float | int], like: Tensor) -> Tensor:
    """Check the four weights and make them a tensor."""
    if len(weights) != 4:
        raise ValueError(f"weights {tuple(weights)} must be four, for tx, ty, tw, th")
    refuse_positive("weights", weights)
    return like.new_tensor(weights)
