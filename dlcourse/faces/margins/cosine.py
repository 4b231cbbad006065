"""Cosine: the margin of CosFace, taken off the cosine of the right class.

The right cosine has to exceed the others by m before the loss treats it as equal. The margin is a
constant, so its slope is that of the cosine, and no angle needs special care.

Axes:   b samples, d entries of an embedding, k classes
Paper:  Wang et al. 2018, "CosFace: large margin cosine loss for deep face recognition"; Wang,
        Cheng, Liu & Liu 2018, "Additive margin softmax for face verification"
Torch:  none
"""

from jaxtyping import Float, Int
from torch import Tensor

from .angles import cosines
from .refusals import refuse_labels, refuse_margin, refuse_scale
from .scale import with_target

__all__ = ["cosface_logits"]


def cosface_logits(
    x: Float[Tensor, "b d"],
    weight: Float[Tensor, "k d"],
    labels: Int[Tensor, "b"],
    s: float = 64.0,
    m: float = 0.35,
) -> Float[Tensor, "b k"]:
    """Give ``s (cos t - m)`` for the right class and ``s cos t`` for the others.

    Args:
        x: embeddings.
        weight: a vector for each class.
        labels: the right classes.
        s: scale; both lengths are divided out, so this is the length of every embedding.
        m: margin, in cosine; at 0 this is the softmax of normalised vectors.

    Raises:
        ValueError: for a scale that is not above 0, a margin below 0, a label that names no class,
            or a vector without direction.

    >>> x, weight = torch.tensor([[3.0, 4.0]]), torch.eye(2)
    >>> cosface_logits(x, weight, torch.tensor([1]), s=10.0, m=0.3)
    tensor([[6., 5.]])
    """
    refuse_scale(s)
    refuse_margin(m)
    cosine = cosines(x, weight)
    refuse_labels(labels, *cosine.shape)
    right = cosine.gather(1, labels[:, None])[:, 0]
    return s * with_target(cosine, labels, right - m)
