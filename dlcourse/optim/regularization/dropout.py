"""Dropout: units that fail at random while the network learns.

A unit that cannot count on its neighbours has to be of use by itself. Those that are left are
scaled up, so that the next layer meets the same mean as without failures, and nothing is left to do
once the training is over: inverted dropout.

Axes:   any; every entry fails on its own
Paper:  Srivastava, Hinton, Krizhevsky, Sutskever & Salakhutdinov 2014, "Dropout: a simple way to
        prevent neural networks from overfitting"
Torch:  torch.nn.functional.dropout, torch.nn.Dropout; without their inplace
"""

import torch
from jaxtyping import Float
from torch import Generator, Tensor, nn

from .refusals import refuse_share

__all__ = ["Dropout", "dropout"]


def dropout(
    input: Float[Tensor, "*shape"],
    p: float = 0.5,
    training: bool = True,
    *,
    generator: Generator | None = None,
) -> Float[Tensor, "*shape"]:
    """Set each entry to 0 with probability ``p``, and divide the others by ``1 - p``.

    The mean over all masks is the input: ``(1 - p) * x / (1 - p) + p * 0 = x``. Outside of training
    the input is returned as it is.

    Args:
        input: activations.
        p: probability that an entry fails.
        training: whether entries fail at all.
        generator: source of the failures; without one, torch's global source, as in torch.

    Raises:
        ValueError: if ``p`` does not lie from 0 to 1.

    >>> y = dropout(torch.full((50,), 3.0), p=0.25)
    >>> sorted(set(y.tolist()))  # 3 / 0.75
    [0.0, 4.0]
    """
    refuse_share("p", p)
    if not training or p == 0:
        return input
    if p == 1:  # none is left to be scaled up
        return input * 0
    kept = torch.empty_like(input).bernoulli_(1 - p, generator=generator)
    return input * (kept / (1 - p))


class Dropout(nn.Module):
    """Let entries fail in training mode: :func:`dropout`.

    Args:
        p: probability that an entry fails.
        generator: source of the failures.

    Raises:
        ValueError: if ``p`` does not lie from 0 to 1.

    >>> Dropout(p=0.5).eval()(torch.ones(2)).tolist()
    [1.0, 1.0]
    """

    def __init__(self, p: float = 0.5, *, generator: Generator | None = None) -> None:
        super().__init__()
        refuse_share("p", p)
        self.p, self.generator = p, generator

    def forward(self, input: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
        """Apply :func:`dropout`."""
        return dropout(input, self.p, self.training, generator=self.generator)

    def extra_repr(self) -> str:
        """Show the probability, as torch does."""
        return f"p={self.p}"
