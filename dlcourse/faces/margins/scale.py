"""Scale: cosines become logits, and only that of the right class gets a margin.

Cosines lie between -1 and 1. The softmax of such numbers never comes near certainty, however well
the angles are learned, so they are multiplied by a scale.

Axes:   b samples, k classes
Paper:  Wang, Xiang, Cheng & Yuille 2017, "NormFace: L2 hypersphere embedding for face
        verification"; Wang et al. 2018, "CosFace: large margin cosine loss for deep face
        recognition"
Torch:  none
"""

import math

from jaxtyping import Float, Int
from torch import Tensor

__all__ = ["least_scale", "with_target"]


def with_target(
    logits: Float[Tensor, "b k"], labels: Int[Tensor, "b"], target: Float[Tensor, "b"]
) -> Float[Tensor, "b k"]:
    """Put another number in the place of each sample's right class.

    >>> with_target(torch.zeros(2, 2), torch.tensor([1, 0]), torch.tensor([5.0, 6.0]))
    tensor([[0., 5.],
            [6., 0.]])
    """
    return logits.scatter(1, labels[:, None], target[:, None])


def least_scale(k: int, p: float) -> float:
    """Find the scale at which perfect embeddings give the right class the probability ``p``.

    Perfect means a cosine of 1 to the right class and ``-1/(k - 1)`` to the others, which is as far
    apart as k directions can all be. Then ``s = (k - 1)/k log((k - 1) p / (1 - p))``.

    Args:
        k: number of classes.
        p: the probability.

    Raises:
        ValueError: if there are fewer than 2 classes, or ``p`` is not between 0 and 1.

    >>> round(least_scale(2, 0.9), 4)  # half of log 9: the logits are s and -s
    1.0986
    """
    if k < 2:
        raise ValueError(f"k ({k}) must be at least 2 classes")
    if not 0 < p < 1:
        raise ValueError(f"p ({p}) must lie between 0 and 1, without the ends")
    return (k - 1) / k * math.log((k - 1) * p / (1 - p))
