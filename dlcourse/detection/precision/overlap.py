"""Overlap: IoU of every detection with every truth of its image, crowds counted in their own way.

A crowd is one outline around many things that nobody told apart. A detection of one of them covers
little of it and is no mistake, so there the intersection is divided by the detection alone.

Axes:   b images, n detections, m truths
Paper:  Lin et al. 2014, "Microsoft COCO: common objects in context" (crowds)
Torch:  torchvision.ops.box_iou where there is no crowd
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

__all__ = ["overlap"]


def overlap(
    detections: Float[Tensor, "*b n 4"],
    truths: Float[Tensor, "*b m 4"],
    crowd: Bool[Tensor, "*b m"],
) -> Float[Tensor, "*b n m"]:
    """Divide each intersection by the union, or by the detection's area where the truth is a crowd.

    A box without area overlaps nothing.

    >>> box, truth = torch.tensor([[0.0, 0.0, 2.0, 2.0]]), torch.tensor([[1.0, 0.0, 5.0, 2.0]])
    >>> overlap(box, truth, torch.tensor([False])).item()  # 2 of 4 + 8 - 2
    0.20000000298023224
    >>> overlap(box, truth, torch.tensor([True])).item()  # 2 of 4
    0.5
    """
    one, other = detections[..., :, None, :], truths[..., None, :, :]
    low = torch.maximum(one[..., :2], other[..., :2])
    high = torch.minimum(one[..., 2:], other[..., 2:])
    shared = (high - low).clamp(min=0).prod(dim=-1)  # *b n m
    own = (one[..., 2:] - one[..., :2]).prod(dim=-1)
    all_of_both = own + (other[..., 2:] - other[..., :2]).prod(dim=-1) - shared
    whole = torch.where(crowd[..., None, :], own, all_of_both)
    return torch.where(shared > 0, shared / whole, 0.0)
