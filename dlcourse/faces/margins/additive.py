"""Additive: the margin of ArcFace, added to the angle of the right class.

The margin is an arc on the sphere, the same at every angle. The angle itself is never computed: its
cosine and sine are turned by m.

Axes:   b samples, d entries of an embedding, k classes
Paper:  Deng, Guo, Xue & Zafeiriou 2019, "ArcFace: additive angular margin loss for deep face
        recognition"
Torch:  none
"""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor

from .angles import cosines, sines
from .refusals import refuse_labels, refuse_margin, refuse_scale
from .scale import with_target

__all__ = ["LARGEST", "add_angle", "arcface_logits", "turned"]

LARGEST = 2.3311
"""Margin, in radians, up to which ``m sin m`` is at least ``1 - cos m``; see :func:`add_angle`."""


def turned(cosine: Float[Tensor, "*shape"], m: float) -> Float[Tensor, "*shape"]:
    """Write down what is meant: ``cos(arccos(cosine) + m)``.

    This is the definition. A cosine that rounding has put above 1 has no angle, so it is clamped.
    The slope of the arc cosine is infinite at 1 and -1, and 0 where the clamp takes hold.

    >>> turned(torch.tensor([0.0, 1.0]), math.pi / 2).round(decimals=4)  # 90 and 0 degrees
    tensor([-1., -0.])
    """
    return (cosine.clamp(-1, 1).acos() + m).cos()


def add_angle(
    cosine: Float[Tensor, "b"],
    sine: Float[Tensor, "b"],
    m: float,
    easy_margin: bool = False,
) -> Float[Tensor, "b"]:
    """Turn by m: ``cos(t + m) = cos t cos m - sin t sin m``, and go on falling after 180 degrees.

    Beyond ``t + m = pi`` the cosine would rise again and reward what is most wrong. There the
    answer is ``cos t - m sin m``, which is not above -1 as long as m is not above
    :data:`LARGEST`. With ``easy_margin`` there is no margin from a right angle on.

    Args:
        cosine: of the angle t.
        sine: of the same angle, at least 0.
        m: margin, in radians.
        easy_margin: whether angles from 90 degrees on get no margin.

    Raises:
        ValueError: if m is below 0, or not below :data:`LARGEST`, or pi/2 with the easy margin.

    >>> add_angle(torch.tensor([0.0, -0.6]), torch.tensor([1.0, 0.8]), m=math.pi / 2)
    tensor([-1.0000, -2.1708])
    """
    refuse_margin(m, math.pi / 2 if easy_margin else LARGEST)
    target = cosine * math.cos(m) - sine * math.sin(m)
    if easy_margin:
        return torch.where(cosine > 0, target, cosine)
    return torch.where(cosine > -math.cos(m), target, cosine - m * math.sin(m))


def arcface_logits(
    x: Float[Tensor, "b d"],
    weight: Float[Tensor, "k d"],
    labels: Int[Tensor, "b"],
    s: float = 64.0,
    m: float = 0.5,
    easy_margin: bool = False,
) -> Float[Tensor, "b k"]:
    """Give ``s cos(t + m)`` for the right class and ``s cos t`` for the others.

    Args:
        x: embeddings.
        weight: a vector for each class.
        labels: the right classes.
        s: scale.
        m: margin, in radians; at 0 this is the softmax of normalised vectors.
        easy_margin: whether angles from 90 degrees on get no margin.

    Raises:
        ValueError: for a scale that is not above 0, a margin out of range, a label that names no
            class, or a vector without direction.

    >>> x, weight = torch.tensor([[3.0, 4.0]]), torch.eye(2)
    >>> arcface_logits(x, weight, torch.tensor([1]), s=10.0, m=math.pi / 6)  # 8 cos m - 6 sin m
    tensor([[6.0000, 3.9282]])
    """
    refuse_scale(s)
    cosine = cosines(x, weight)
    refuse_labels(labels, *cosine.shape)
    right = cosine.gather(1, labels[:, None])[:, 0]
    target = add_angle(right, sines(x, weight[labels]), m, easy_margin)
    return s * with_target(cosine, labels, target)
