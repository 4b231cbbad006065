"""Averaging: what several networks believe together.

Networks trained from different starts err on different samples. Where one is wrong and the others
are not, their mean is right; what all of them get wrong stays wrong.

Axes:   members networks, b samples, k classes
Paper:  Hansen & Salamon 1990, "Neural network ensembles"; Breiman 1996, "Bagging predictors"
Torch:  none; torch.distributions.MixtureSameFamily has the same probabilities
"""

from collections.abc import Iterable
from math import log

import torch
from jaxtyping import Float
from torch import Tensor, nn

__all__ = ["Ensemble", "average_predictions"]


def average_predictions(
    scores: Float[Tensor, "members b k"],
) -> Float[Tensor, "b k"]:
    """Average the members' probabilities, and return the logarithm: ``log mean_m softmax(z_m)``.

    Scores are no common currency: a network may add a constant to all of its own, or be loud.
    Probabilities are.

    >>> scores = torch.tensor([[[0.0, 0.0]], [[0.0, 100.0]]])  # undecided, and certain
    >>> average_predictions(scores).exp().tolist()
    [[0.25, 0.75]]
    """
    log_p = scores - scores.logsumexp(dim=-1, keepdim=True)
    return log_p.logsumexp(dim=0) - log(len(scores))


class Ensemble(nn.Module):
    """Several networks as one: :func:`average_predictions` of their scores.

    Its answers are logarithms of probabilities, so they serve as scores wherever scores do.

    Args:
        members: networks with the same inputs and classes.

    Raises:
        ValueError: if there are none.

    >>> Ensemble([nn.Linear(3, 2), nn.Linear(3, 2)])(torch.zeros(5, 3)).exp().sum().round().item()
    5.0
    """

    def __init__(self, members: Iterable[nn.Module]) -> None:
        super().__init__()
        self.members = nn.ModuleList(members)
        if not len(self.members):
            raise ValueError("an ensemble needs at least 1 member, got 0")

    def forward(self, input: Float[Tensor, "b *sides"]) -> Float[Tensor, "b k"]:
        """Ask all members."""
        return average_predictions(torch.stack([m(input) for m in self.members]))
