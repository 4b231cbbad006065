"""Refusals: what the losses do not accept, each with the value and the rule.

A label outside the classes would index another row or none, and an embedding of length 0 has no
angle to anything.

Torch:  torch.nn.functional.normalize makes zeros of a vector of length 0
"""

import math

from torch import Tensor

__all__ = [
    "refuse_labels",
    "refuse_margin",
    "refuse_pair",
    "refuse_scale",
    "refuse_vectors",
]


def refuse_vectors(name: str, vectors: Tensor) -> None:
    """Refuse what is not a row of finite numbers a sample, each row with a direction."""
    if vectors.dim() != 2 or not vectors.is_floating_point():
        raise ValueError(
            f"{name} has shape {tuple(vectors.shape)} and holds {vectors.dtype}; it must be a "
            "matrix of floats with a vector in each row"
        )
    lengths = vectors.detach().abs().sum(dim=1)
    wrong = (~(lengths > 0) | lengths.isinf()).nonzero()[:, 0].tolist()
    if wrong:
        raise ValueError(
            f"row {wrong[0]} of {name} has no direction: its numbers must be finite and not all 0"
        )


def refuse_pair(x: Tensor, weight: Tensor) -> None:
    """Refuse embeddings and weights of different lengths."""
    refuse_vectors("x", x)
    refuse_vectors("weight", weight)
    if x.shape[1] != weight.shape[1]:
        raise ValueError(
            f"x has vectors of {x.shape[1]} entries and weight of {weight.shape[1]}; they must "
            "have as many"
        )


def refuse_labels(labels: Tensor, samples: int, classes: int) -> None:
    """Refuse labels that are not one a sample, or name no class."""
    if labels.shape != (samples,):
        raise ValueError(
            f"labels have shape {tuple(labels.shape)}; {samples} samples need ({samples},)"
        )
    if samples and not 0 <= int(labels.min()) <= int(labels.max()) < classes:
        raise ValueError(
            f"labels run from {int(labels.min())} to {int(labels.max())}; there are the classes "
            f"0 to {classes - 1}"
        )


def refuse_margin(m: float, end: float = math.inf) -> None:
    """Refuse a margin below 0, which would be a favour, or from ``end`` on."""
    if not 0 <= m < end:
        limit = "" if end == math.inf else f" and less than {end:.4f}"
        raise ValueError(f"m ({m}) must be at least 0{limit}")


def refuse_scale(s: float) -> None:
    """Refuse a scale that is not a positive number."""
    if not 0 < s < math.inf:
        raise ValueError(f"s ({s}) must be above 0 and finite")
