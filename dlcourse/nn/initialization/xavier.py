"""Xavier: one scale between what the way forward asks for and what the way back does.

Forward, a variance of ``1 / fan_in`` keeps the size of the signal; back, ``1 / fan_out`` keeps that
of the gradient. Unless the two are equal no weight serves both, and Xavier takes the mean of the
fans. It assumes a slope of 1, so for other activations a gain comes on top.

Axes:   o units or channels out, i in; then the kernel's sides
Paper:  Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward neural
        networks"
Torch:  torch.nn.init.xavier_uniform_, xavier_normal_
"""

import math

from jaxtyping import Float
from torch import Generator, Tensor

from .draws import normal_, uniform_of_std_
from .fans import calculate_fan_in_and_fan_out

__all__ = ["xavier_normal_", "xavier_uniform_"]


def _std(tensor: Tensor, gain: float) -> float:
    if gain < 0:
        raise ValueError(f"gain ({gain}) must not be negative")
    fans = sum(calculate_fan_in_and_fan_out(tensor))
    return gain * math.sqrt(2 / max(1, fans))  # without a fan there is nothing to draw


def xavier_uniform_(
    tensor: Float[Tensor, "o i *kernel"],
    gain: float = 1.0,
    generator: Generator | None = None,
) -> Float[Tensor, "o i *kernel"]:
    """Draw uniformly from ``[-b, b]`` with ``b = gain sqrt(6 / (fan_in + fan_out))``.

    Raises:
        ValueError: if the tensor has fewer than two axes, or the gain is negative.

    >>> bool(xavier_uniform_(torch.empty(2, 4)).abs().max() <= 1)
    True
    """
    return uniform_of_std_(tensor, _std(tensor, gain), generator)


def xavier_normal_(
    tensor: Float[Tensor, "o i *kernel"],
    gain: float = 1.0,
    generator: Generator | None = None,
) -> Float[Tensor, "o i *kernel"]:
    """Draw from a normal distribution of std ``gain sqrt(2 / (fan_in + fan_out))``.

    Raises:
        ValueError: if the tensor has fewer than two axes, or the gain is negative.

    >>> source = torch.Generator().manual_seed(0)
    >>> f"{xavier_normal_(torch.empty(200, 200), generator=source).std():.3f}"  # 1 / sqrt(200)
    '0.071'
    """
    return normal_(tensor, 0.0, _std(tensor, gain), generator)
