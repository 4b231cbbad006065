"""Curve: what a ReLU leaves of a curve that lies in a space of more dimensions.

A feature map of n channels may hold something of two dimensions. A ReLU sets about half of the
channels to zero at every point. With few channels that can be all of them, and the point is gone;
with many, enough are left to tell where it was.

Axes:   p points of a plane, d dimensions they are taken to
Paper:  Sandler, Howard, Zhu, Zhmoginov & Chen 2018, "MobileNetV2: inverted residuals and linear
        bottlenecks", figure 1
Torch:  none
"""

import torch
from jaxtyping import Bool, Float
from torch import Tensor

__all__ = ["recoverable", "spiral", "through_relu"]


def spiral(points: int = 500, turns: float = 2.5) -> Float[Tensor, "p 2"]:
    """Place points along a spiral from the origin to the unit circle.

    >>> spiral(points=3, turns=1.0)[:, 0].tolist()  # angles 0, half a turn, a turn
    [0.0, -0.5, 1.0]
    """
    radius = torch.linspace(0, 1, points)
    angle = 2 * torch.pi * turns * radius
    return radius[:, None] * torch.stack([angle.cos(), angle.sin()], dim=1)


def through_relu(
    points: Float[Tensor, "p 2"], matrix: Float[Tensor, "d 2"]
) -> Float[Tensor, "p 2"]:
    """Take points to d dimensions, cut off what is negative, and come back the shortest way.

    ``pinv(T) relu(T x)``, with T the matrix and pinv its pseudo-inverse.

    >>> identity = torch.eye(2)
    >>> through_relu(torch.tensor([[1.0, 2.0], [1.0, -2.0]]), identity).tolist()
    [[1.0, 2.0], [1.0, 0.0]]
    """
    return (points @ matrix.mT).relu() @ torch.linalg.pinv(matrix).mT


def recoverable(
    points: Float[Tensor, "p 2"], matrix: Float[Tensor, "d 2"]
) -> Bool[Tensor, "p"]:
    """Say which points some inverse could find again: those with two dimensions left or more.

    A coordinate that is still positive is one equation for the two unknowns of its point.

    >>> three = torch.tensor([[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]])
    >>> recoverable(torch.tensor([[1.0, 1.0], [1.0, -1.0]]), three).tolist()
    [True, False]
    """
    return (points @ matrix.mT > 0).sum(dim=1) >= 2
