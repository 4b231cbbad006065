"""Regression: from the features of a proposal, guess how the box should move.

A proposal holds a part of a thing, or the thing and more. Its features tell which: half a cat does
not look like a cat. A linear map from them to the four numbers of a box code, fitted by least
squares with a penalty on the weights, moves the proposal towards the thing.

Axes:   n proposals, d features
Paper:  Girshick, Donahue, Darrell & Malik 2014, "Rich feature hierarchies for accurate object
        detection", appendix C
Torch:  none; scikit-learn's Ridge solves the same problem
"""

import torch
from jaxtyping import Float
from torch import Tensor

__all__ = ["ridge"]


def ridge(
    features: Float[Tensor, "n d"], codes: Float[Tensor, "n 4"], penalty: float = 1000.0
) -> tuple[Float[Tensor, "4 d"], Float[Tensor, "4"]]:
    """Minimise ``sum |t - W x - b|^2 + penalty |W|^2`` over ``W`` and ``b``.

    With features and codes centred, ``W = T' X (X' X + penalty I)^-1``; where there are fewer
    proposals than features, ``T' (X X' + penalty I)^-1 X`` is the same and smaller.

    Args:
        features: of proposals that overlap their truths well.
        codes: the truths relative to their proposals.
        penalty: on the weights, not on the bias.

    Raises:
        ValueError: if there is nothing to fit, or the penalty is not above 0.

    >>> x, t = torch.tensor([[0.0], [2.0]]), torch.tensor([[0.0] * 4, [4.0] * 4])
    >>> weight, bias = ridge(x, t, penalty=2.0)
    >>> weight[0].tolist(), bias[0].item()  # half of the slope 2, through the middle
    ([1.0], 1.0)
    """
    if not len(features):
        raise ValueError("there are no proposals; a regression needs one at least")
    if not penalty > 0:
        raise ValueError(f"penalty ({penalty}) must be above 0")
    middle, mean = features.double().mean(dim=0), codes.double().mean(dim=0)
    x, t = features.double() - middle, codes.double() - mean
    if x.shape[0] < x.shape[1]:
        weight = torch.linalg.solve(_raised(x @ x.T, penalty), t).T @ x
    else:
        weight = torch.linalg.solve(_raised(x.T @ x, penalty), x.T @ t).T
    return weight.to(features), (mean - weight @ middle).to(features)


def _raised(matrix: Float[Tensor, "n n"], penalty: float) -> Float[Tensor, "n n"]:
    """Add the penalty along the diagonal."""
    return matrix + penalty * torch.eye(len(matrix)).to(matrix)
