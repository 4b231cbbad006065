"""Comparison: two embeddings compared entry by entry, as input of a head that decides.

A distance counts every entry alike. If the entries are kept apart, a layer can learn which of them
tell people apart and which only tell the light.

Axes:   d entries of an embedding, any axes before it
Paper:  Taigman, Yang, Ranzato & Wolf 2014, "DeepFace: closing the gap to human-level performance in
        face verification", section 4
Torch:  torch.nn.functional.l1_loss(reduction="none");
        sklearn.metrics.pairwise.additive_chi2_kernel (minus the sum)
"""

import torch
from jaxtyping import Float
from torch import Tensor

__all__ = ["absolute_difference", "chi_square"]


def absolute_difference(
    x: Float[Tensor, "*b d"], y: Float[Tensor, "*b d"]
) -> Float[Tensor, "*b d"]:
    """Give ``|x - y|``.

    >>> absolute_difference(torch.tensor([1.0, 3.0]), torch.tensor([2.0, 0.0])).tolist()
    [1.0, 3.0]
    """
    _refuse_shapes(x, y)
    return (x - y).abs()


def chi_square(
    x: Float[Tensor, "*b d"], y: Float[Tensor, "*b d"]
) -> Float[Tensor, "*b d"]:
    """Give ``(x - y)^2 / (x + y)``, and 0 where both are 0.

    The same difference weighs more between small entries than between large ones. It is meant for
    entries that are never negative, such as those behind a ReLU.

    Raises:
        ValueError: if an entry is negative, since the sum could then be 0 or negative.

    >>> chi_square(torch.tensor([1.0, 9.0, 0.0]), torch.tensor([3.0, 11.0, 0.0]))
    tensor([1.0000, 0.2000, 0.0000])
    """
    _refuse_shapes(x, y)
    for entries in (x, y):
        if (entries < 0).any():
            bad = entries[entries < 0][0].item()
            raise ValueError(
                f"an entry is {bad:g}; chi-square is of entries that are not negative, such as "
                "those behind a ReLU"
            )
    total = x + y
    # The inner where keeps 0 / 0 out of the gradient, not only out of the value.
    safe = torch.where(total > 0, total, 1.0)
    return (x - y) ** 2 / safe


def _refuse_shapes(x: Tensor, y: Tensor) -> None:
    if x.shape != y.shape:
        raise ValueError(
            f"embeddings of shapes {tuple(x.shape)} and {tuple(y.shape)} cannot be compared "
            "entry by entry; the shapes must be equal"
        )
