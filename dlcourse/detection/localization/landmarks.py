"""Landmarks: points that a network is to find, each always in its own place of the list.

A box needs four numbers, a point two. Whoever wants the corner of an eye or the tip of a thing adds
two outputs for it and trains on pictures in which someone has marked it. A landmark that is hidden
has no right answer, so the loss leaves it out, as it leaves out the box of an empty picture.

Axes:   n things, p points of each; a point is x, y
Paper:  Zhou, Zhuo & Krähenbühl 2019, "Bottom-up object detection by grouping extreme and center
        points", for extreme points as landmarks
Torch:  torch.nn.functional.mse_loss
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

__all__ = ["EXTREMES", "extreme_points", "landmark_loss", "mirrored_extremes"]

EXTREMES = ("top", "left", "bottom", "right")
"""The order of the points."""


def extreme_points(masks: Bool[Tensor, "n h w"]) -> Float[Tensor, "n 4 2"]:
    """Find the top, left, bottom and right pixel of each mask, by its middle.

    Of several pixels that lie equally far out the one in the middle of them is taken.

    Raises:
        ValueError: if a mask is empty.

    >>> mask = torch.tensor([[[0, 1, 0], [1, 1, 1], [0, 0, 0]]]).bool()
    >>> extreme_points(mask)[0].tolist()
    [[1.5, 0.5], [0.5, 1.5], [1.5, 1.5], [2.5, 1.5]]
    """
    if not masks.flatten(1).any(dim=1).all():
        raise ValueError("a mask is empty; it has no extreme points")
    return (
        torch.stack([_extremes(mask) for mask in masks])
        if len(masks)
        else (torch.zeros(0, 4, 2))
    )


def _extremes(mask: Bool[Tensor, "h w"]) -> Float[Tensor, "4 2"]:
    y, x = mask.nonzero().float().add(0.5).unbind(dim=1)
    rows = [y == y.min(), x == x.min(), y == y.max(), x == x.max()]
    return torch.stack([torch.stack([x[r].mean(), y[r].mean()]) for r in rows])


def mirrored_extremes(
    points: Float[Tensor, "n 4 2"], width: float
) -> Float[Tensor, "n 4 2"]:
    """Exchange left and right, in the places and in the order of the points.

    Turning the places alone would leave the left point on the right side.

    >>> points = torch.tensor([[[1.0, 0.0], [0.0, 1.0], [1.0, 2.0], [3.0, 1.0]]])
    >>> mirrored_extremes(points, 4.0)[0].tolist()
    [[3.0, 0.0], [1.0, 1.0], [3.0, 2.0], [4.0, 1.0]]
    """
    x, y = points.unbind(dim=-1)
    turned = torch.stack([width - x, y], dim=-1)
    return turned[:, [0, 3, 2, 1]]


def landmark_loss(
    outputs: Float[Tensor, "n p 2"],
    points: Float[Tensor, "n p 2"],
    visible: Bool[Tensor, "n p"],
) -> Float[Tensor, ""]:
    """Average the squared distances of the landmarks that can be seen; 0 if there are none.

    Raises:
        ValueError: if the shapes differ.

    >>> outputs = torch.tensor([[[0.0, 0.0], [9.0, 9.0]]])
    >>> points = torch.tensor([[[3.0, 4.0], [0.0, 0.0]]])
    >>> landmark_loss(outputs, points, torch.tensor([[True, False]])).item()
    25.0
    """
    if outputs.shape != points.shape or points.shape[:2] != visible.shape:
        raise ValueError(
            f"outputs, points and visible have shapes {tuple(outputs.shape)}, "
            f"{tuple(points.shape)} and {tuple(visible.shape)}; they need n p 2, n p 2 and n p"
        )
    squared = (outputs - points).square().sum(dim=-1)[visible]
    return squared.sum() / max(len(squared), 1)
