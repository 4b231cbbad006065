"""Heads: the losses as last layers, each with a vector for every identity.

They give logits for cross_entropy. The labels are an input, since the margin is for the right
class alone; without labels the logits have no margin, which is how accuracy is counted. After
training the head is thrown away: the embedding is what remains.

Axes:   b samples, d entries of an embedding, k classes
Paper:  Liu et al. 2017, "SphereFace"; Wang et al. 2018, "CosFace"; Deng et al. 2019, "ArcFace"
Torch:  torch.nn.Linear(d, k, bias=False) holds the same weight
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from .additive import arcface_logits
from .angles import cosines
from .annealing import annealed
from .cosine import cosface_logits
from .multiple import sphereface_logits

__all__ = ["ArcFace", "CosFace", "SphereFace"]


class _Head(nn.Module):
    """A vector for each class, of about length 1 at first."""

    def __init__(self, d: int, k: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(k, d))
        nn.init.normal_(self.weight, std=d**-0.5)


class CosFace(_Head):
    """Give logits with :func:`cosface_logits`; at m = 0, the softmax of normalised vectors.

    Args:
        d: entries of an embedding.
        k: classes.
        s: scale.
        m: margin, in cosine.

    >>> CosFace(32, 100)(torch.randn(4, 32), torch.tensor([0, 1, 2, 99])).shape
    torch.Size([4, 100])
    """

    def __init__(self, d: int, k: int, s: float = 64.0, m: float = 0.35) -> None:
        super().__init__(d, k)
        self.s, self.m = s, m

    def forward(
        self, x: Float[Tensor, "b d"], labels: Int[Tensor, "b"] | None = None
    ) -> Float[Tensor, "b k"]:
        """Give the logits, with a margin if the labels are known."""
        if labels is None:
            return self.s * cosines(x, self.weight)
        return cosface_logits(x, self.weight, labels, self.s, self.m)


class ArcFace(_Head):
    """Give logits with :func:`arcface_logits`.

    Args:
        d: entries of an embedding.
        k: classes.
        s: scale.
        m: margin, in radians.
        easy_margin: whether angles from 90 degrees on get no margin.

    >>> ArcFace(32, 100)(torch.randn(4, 32)).shape
    torch.Size([4, 100])
    """

    def __init__(
        self, d: int, k: int, s: float = 64.0, m: float = 0.5, easy_margin: bool = False
    ) -> None:
        super().__init__(d, k)
        self.s, self.m, self.easy_margin = s, m, easy_margin

    def forward(
        self, x: Float[Tensor, "b d"], labels: Int[Tensor, "b"] | None = None
    ) -> Float[Tensor, "b k"]:
        """Give the logits, with a margin if the labels are known."""
        if labels is None:
            return self.s * cosines(x, self.weight)
        return arcface_logits(x, self.weight, labels, self.s, self.m, self.easy_margin)


class SphereFace(_Head):
    """Give logits with :func:`sphereface_logits`, and count the training steps for lambda.

    Args:
        d: entries of an embedding.
        k: classes.
        m: margin, a whole number of times.
        base: lambda at first.
        gamma: how fast lambda falls.
        power: of its fall.
        least: where lambda ends.

    >>> head = SphereFace(2, 3)
    >>> logits = head(torch.randn(4, 2), torch.tensor([0, 1, 2, 0]))
    >>> int(head.step), round(head.lam, 1)  # 1000 / 1.12
    (1, 892.9)
    """

    step: Tensor

    def __init__(
        self,
        d: int,
        k: int,
        m: int = 4,
        base: float = 1000.0,
        gamma: float = 0.12,
        power: float = 1.0,
        least: float = 5.0,
    ) -> None:
        super().__init__(d, k)
        self.m = m
        self.schedule = (base, gamma, power, least)
        self.register_buffer("step", torch.tensor(0))

    @property
    def lam(self) -> float:
        """Lambda of the next step."""
        return annealed(int(self.step), *self.schedule)

    def forward(
        self, x: Float[Tensor, "b d"], labels: Int[Tensor, "b"] | None = None
    ) -> Float[Tensor, "b k"]:
        """Give the logits, with a margin if the labels are known; a training step is counted."""
        if labels is None:
            length = torch.linalg.vector_norm(x, dim=1, keepdim=True)
            return length * cosines(x, self.weight)
        logits = sphereface_logits(x, self.weight, labels, self.m, self.lam)
        if self.training:
            self.step += 1
        return logits
