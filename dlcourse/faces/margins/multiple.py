"""Multiple: the margin of SphereFace, by which the angle of the right class is multiplied.

At four times its angle, an embedding must lie well inside its class to win. The cosine of a
multiple is a polynomial of the cosine, so no arc cosine is needed; cut at its turning points and
laid end to end, it falls all the way to 180 degrees.

Axes:   b samples, d entries of an embedding, k classes
Paper:  Liu et al. 2017, "SphereFace: deep hypersphere embedding for face recognition"
Torch:  torch.special.chebyshev_polynomial_t, which has no gradient
"""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor

from .angles import cosines
from .refusals import refuse_labels
from .scale import with_target

__all__ = ["chebyshev", "psi", "sphereface_logits"]


def chebyshev(cosine: Float[Tensor, "*shape"], m: int) -> Float[Tensor, "*shape"]:
    """Take ``cos(m t)`` from ``cos t`` by ``cos(m t) = 2 cos t cos((m - 1) t) - cos((m - 2) t)``.

    Args:
        cosine: cos t.
        m: a whole number, at least 0.

    Raises:
        ValueError: if m is not such a number.

    >>> chebyshev(torch.tensor([0.5]), 2)  # 2 c^2 - 1, at 60 degrees
    tensor([-0.5000])
    >>> chebyshev(torch.tensor([0.5]), 3)  # 4 c^3 - 3 c
    tensor([-1.])
    """
    if m != int(m) or m < 0:
        raise ValueError(f"m ({m}) must be a whole number, at least 0")
    before, now = torch.ones_like(cosine), cosine  # m = 0 and m = 1
    for _ in range(int(m)):
        before, now = now, 2 * cosine * now - before
    return before


def psi(cosine: Float[Tensor, "*shape"], m: int) -> Float[Tensor, "*shape"]:
    """Make cos(m t) fall all the way: ``(-1)^j cos(m t) - 2 j`` on the j-th of m equal arcs.

    Arc j reaches from ``j pi / m`` to ``(j + 1) pi / m``. Which one the angle lies on is told by
    its cosine: j counts the ends that it has passed.

    Args:
        cosine: cos t.
        m: a whole number, at least 1; at 1 this is the cosine.

    Raises:
        ValueError: if m is not such a number.

    >>> psi(torch.tensor([1.0, 0.0, -1.0]), 2)  # 0, 90 and 180 degrees
    tensor([ 1., -1., -3.])
    """
    if m < 1:
        raise ValueError(f"m ({m}) must be a whole number, at least 1")
    j = torch.zeros_like(cosine)
    for end in range(1, int(m)):
        j = j + (cosine < math.cos(end * math.pi / m))
    return (1 - 2 * (j % 2)) * chebyshev(cosine, m) - 2 * j


def sphereface_logits(
    x: Float[Tensor, "b d"],
    weight: Float[Tensor, "k d"],
    labels: Int[Tensor, "b"],
    m: int = 4,
    lam: float = 0.0,
) -> Float[Tensor, "b k"]:
    """Give ``|x| (lam cos t + psi(t)) / (lam + 1)`` for the right class, ``|x| cos t`` for others.

    Only the weights are divided by their lengths; that of the embedding is the scale.

    Args:
        x: embeddings.
        weight: a vector for each class.
        labels: the right classes.
        m: margin, a whole number of times.
        lam: lambda, how much of the plain cosine is mixed in.

    Raises:
        ValueError: for a margin that is not a whole number from 1 on, a lambda below 0, a label
            that names no class, or a vector without direction.

    >>> x, weight = torch.tensor([[3.0, 4.0]]), torch.eye(2)
    >>> sphereface_logits(x, weight, torch.tensor([1]), m=2)  # 5 (2 0.8^2 - 1)
    tensor([[3.0000, 1.4000]])
    """
    if not 0 <= lam < math.inf:
        raise ValueError(f"lam ({lam}) must be at least 0 and finite")
    cosine = cosines(x, weight)
    refuse_labels(labels, *cosine.shape)
    right = cosine.gather(1, labels[:, None])[:, 0]
    target = (lam * right + psi(right, m)) / (lam + 1)
    return torch.linalg.vector_norm(x, dim=1, keepdim=True) * with_target(
        cosine, labels, target
    )
