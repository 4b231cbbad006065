"""Priors: answers for other shares of the classes than those of the training.

A network trained where a class is rare has learned, among other things, that it is rare. If its
probabilities are right, Bayes' rule takes that part out again and puts another in its place, after
the training and for free. With two classes this moves the threshold between them.

Axes:   b samples, k classes
Paper:  Saerens, Latinne & Decaestecker 2002, "Adjusting the outputs of a classifier to new a priori
        probabilities"; Menon et al. 2021, "Long-tail learning via logit adjustment"
Torch:  none
"""

import torch
from jaxtyping import Float
from torch import Tensor

__all__ = ["shift_priors"]

Shares = Float[Tensor, "k"]


def shift_priors(
    scores: Float[Tensor, "b k"], learned: Shares, wanted: Shares | None = None
) -> Float[Tensor, "b k"]:
    """Add ``log(wanted / learned)`` to the scores of each class.

    The softmax of the new scores is proportional to ``p_k wanted_k / learned_k``. Of two classes
    with equal wanted shares, the second is answered where its p is above ``learned_2`` instead of
    above a half.

    Args:
        scores: of a network that was trained with the learned shares.
        learned: share, or number, of each class in the training.
        wanted: share of each class where the answers are used; equal ones if left out.

    Raises:
        ValueError: if a share is not above 0.

    >>> even = shift_priors(torch.zeros(1, 2), learned=torch.tensor([0.75, 0.25]))
    >>> round(even.softmax(dim=1)[0, 1].item(), 4)
    0.75
    """
    wanted = torch.ones_like(learned) if wanted is None else wanted
    for name, shares in (("learned", learned), ("wanted", wanted)):
        if not (shares > 0).all():
            raise ValueError(
                f"{name} holds {shares.min().item():g}; every share must be above 0"
            )
    return scores + (wanted / learned).log()
