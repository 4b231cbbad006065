"""Fans: how many products make one output, and how many products one input takes part in.

The size of a sum of random products grows with their number, so every rule for a first weight asks
for it: for fan in on the way forward, and on the way back, where outputs and inputs change places,
for fan out. Both are counts of the weight alone; the image plays no part.

Axes:   o units or channels out, i in; then the kernel's sides, if there are any
Torch:  torch.nn.init._calculate_fan_in_and_fan_out
"""

from math import prod

from jaxtyping import Float
from torch import Tensor

__all__ = ["calculate_fan_in_and_fan_out", "refuse_vector"]


def refuse_vector(tensor: Tensor) -> None:
    """Refuse a tensor with fewer than two axes, such as a bias."""
    if tensor.dim() < 2:
        raise ValueError(
            f"a tensor of shape {tuple(tensor.shape)} has no fans; it needs 2 axes (out, in) or "
            "more"
        )


def calculate_fan_in_and_fan_out(
    tensor: Float[Tensor, "o i *kernel"],
) -> tuple[int, int]:
    """Count ``i kh kw``, what one output sums, and ``o kh kw``, what one input reaches.

    Raises:
        ValueError: if the tensor has fewer than two axes.

    >>> calculate_fan_in_and_fan_out(torch.empty(16, 3, 5, 5))
    (75, 400)
    """
    refuse_vector(tensor)
    channels_out, channels_in, *kernel = tensor.shape
    return channels_in * prod(kernel), channels_out * prod(kernel)
