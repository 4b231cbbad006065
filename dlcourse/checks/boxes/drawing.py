"""Drawing: boxes and detections for the cases of this exercise."""

import torch
from torch import Tensor

from dlcourse.checks.judging import Draw

__all__ = ["draw_boxes", "draw_chain", "draw_detections", "draw_threshold"]


def draw_boxes(draw: Draw, count: int, room: int) -> Tensor:
    """Draw boxes of 3 to 12 pixels in a square of that many pixels."""
    corner = torch.rand((count, 2), dtype=torch.float64, generator=draw.source) * room
    sides = torch.rand((count, 2), dtype=torch.float64, generator=draw.source) * 9 + 3
    return torch.cat([corner, corner + sides], dim=1)


def draw_chain(draw: Draw) -> Tensor:
    """Draw a row of equal boxes, each of which overlaps its neighbours by two thirds or so."""
    count = draw.integer(3, 7 if draw.hard else 5)
    side = float(draw.integer(8, 14))
    start = draw.integer(0, 20) + torch.arange(count, dtype=torch.float64) * side / 4
    low = torch.full_like(start, float(draw.integer(0, 20)))
    return torch.stack([start, low, start + side, low + side], dim=1)


def draw_detections(draw: Draw) -> dict[str, Tensor]:
    """Draw a heap of boxes with a chain in it, and scores that do not tie, in any order."""
    heap = draw_boxes(draw, draw.integer(6, 24 if draw.hard else 12), room=12)
    chain = draw_chain(draw)
    boxes = torch.cat([heap, chain])
    order = torch.randperm(len(boxes), generator=draw.source)
    scores = torch.linspace(0.05, 0.95, len(boxes), dtype=torch.float64)
    # The chain's scores fall from one end to the other, so that each box could drop the next.
    mixed = scores[torch.randperm(len(boxes), generator=draw.source)]
    mixed[-len(chain) :] = mixed[-len(chain) :].sort(descending=True).values
    return {"boxes": boxes[order], "scores": mixed[order]}


def draw_threshold(draw: Draw) -> float:
    """Draw a threshold that no IoU is likely to meet exactly."""
    return round(draw.integer(20, 50) / 100 + 0.0012, 4)
