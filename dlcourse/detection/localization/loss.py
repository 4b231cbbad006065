"""Loss: where there is nothing, only p_c has a right answer.

An empty picture has no box and no class. What a network says of them there is neither right nor
wrong, so the loss must not look at it; otherwise the network is taught that absent things stand in
some corner.

Axes:   b pictures; the list is p_c, b_x, b_y, b_h, b_w, c_1 ... c_k
Paper:  Sermanet et al. 2014, "OverFeat"; Redmon et al. 2016, "You only look once: unified,
        real-time object detection", whose loss does the same in every cell of a grid
Torch:  torch.nn.functional.mse_loss; binary_cross_entropy_with_logits, l1_loss and cross_entropy
"""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import (
    binary_cross_entropy_with_logits,
    cross_entropy,
    l1_loss,
)

from .label import BOX, Labels

__all__ = ["localization_losses", "squared_loss"]


def squared_loss(
    outputs: Labels, labels: Labels, conditional: bool = True
) -> Float[Tensor, ""]:
    """Add the squared errors of each picture, and average over the pictures.

    ``sum over i of (y^_i - y_i)^2`` where p_c is 1, and ``(y^_1 - y_1)^2`` where it is 0.

    Args:
        outputs: of the network.
        labels: the right answers.
        conditional: False counts all errors everywhere, for comparison.

    Raises:
        ValueError: if the shapes differ.

    >>> outputs, empty = torch.tensor([[0.5, 0.3, 0.3, 0.3, 0.3, 1.0]]), torch.zeros(1, 6)
    >>> squared_loss(outputs, empty).item()  # 0.5²; nothing else is asked
    0.25
    """
    _refuse(outputs, labels)
    errors = (outputs - labels).square()
    if conditional:
        asked = torch.ones_like(labels)
        asked[:, 1:] = labels[:, :1]
        errors = torch.where(asked > 0, errors, 0.0)
    return errors.sum(dim=1).mean()


def localization_losses(
    outputs: Labels, labels: Labels
) -> dict[str, Float[Tensor, ""]]:
    """Judge each part by the loss that fits it, box and class only where there is a thing.

    ``presence`` is the logistic loss of p_c, ``box`` the mean absolute error of the four numbers,
    ``class`` the cross-entropy of the classes. Without any thing the last two are 0.

    Args:
        outputs: p_c and the classes as logits, the box as shares of the picture.
        labels: the right answers.

    Raises:
        ValueError: if the shapes differ.

    >>> outputs, empty = torch.tensor([[0.0, 0.3, 0.3, 0.3, 0.3, 1.0]]), torch.zeros(1, 6)
    >>> [round(abs(loss.item()), 3) for loss in localization_losses(outputs, empty).values()]
    [0.693, 0.0, 0.0]
    """
    _refuse(outputs, labels)
    there = labels[:, 0] > 0
    seen, right = outputs[there], labels[there]
    count = max(len(seen), 1)  # a sum over nothing is 0, and still has a gradient
    return {
        "presence": binary_cross_entropy_with_logits(outputs[:, 0], labels[:, 0]),
        "box": l1_loss(seen[:, BOX], right[:, BOX], reduction="sum") / (4 * count),
        "class": cross_entropy(seen[:, 5:], right[:, 5:], reduction="sum") / count,
    }


def _refuse(outputs: Tensor, labels: Tensor) -> None:
    if outputs.shape != labels.shape or outputs.dim() != 2 or outputs.shape[1] < 6:
        raise ValueError(
            f"outputs have shape {tuple(outputs.shape)} and labels {tuple(labels.shape)}; both "
            "need a row of 5 + k numbers for each picture"
        )
