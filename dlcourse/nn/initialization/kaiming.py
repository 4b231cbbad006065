"""Kaiming: weights that make up for the half that ReLU discards.

The mean square of a layer's input is what its sums are made of. After a ReLU that is half the
variance of what went in, so a variance of ``2 / fan_in`` keeps the signal's size where ``1 /
fan_in``, the rule for a layer without activation, halves its power at every layer.

Axes:   o units or channels out, i in; then the kernel's sides
Paper:  He, Zhang, Ren & Sun 2015, "Delving deep into rectifiers: surpassing human-level performance
        on ImageNet classification"; LeCun, Bottou, Orr & Müller 1998, "Efficient BackProp"
        (``1 / sqrt(fan_in)``)
Torch:  torch.nn.init.kaiming_uniform_, kaiming_normal_; ``lecun_normal_`` is JAX's and Keras' name
"""

import math

from jaxtyping import Float
from torch import Generator, Tensor

from .draws import normal_, uniform_of_std_
from .fans import calculate_fan_in_and_fan_out
from .gain import calculate_gain

__all__ = ["kaiming_normal_", "kaiming_uniform_", "lecun_normal_"]

MODES = ("fan_in", "fan_out")


def _std(tensor: Tensor, a: float, mode: str, nonlinearity: str) -> float:
    if mode not in MODES:
        raise ValueError(f'mode is "{mode}"; say "fan_in" or "fan_out"')
    fan = calculate_fan_in_and_fan_out(tensor)[MODES.index(mode)]
    # without a fan there is nothing to draw
    return calculate_gain(nonlinearity, a) / math.sqrt(max(1, fan))


def kaiming_uniform_(
    tensor: Float[Tensor, "o i *kernel"],
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Float[Tensor, "o i *kernel"]:
    """Draw uniformly from ``[-b, b]`` with ``b = gain sqrt(3 / fan)``.

    For leaky ReLU that is ``sqrt(6 / ((1 + a^2) fan))``.

    Args:
        tensor: the weight, filled in place.
        a: the negative slope of leaky ReLU, 0 for ReLU.
        mode: "fan_in" keeps the signal's size on the way forward, "fan_out" the gradient's on the
            way back.
        nonlinearity: what follows the layer, as in :func:`calculate_gain`.
        generator: source of the numbers; without one, torch's global source.

    Raises:
        ValueError: if the tensor has fewer than two axes, or mode or nonlinearity is unknown.

    >>> bool(kaiming_uniform_(torch.empty(9, 6)).abs().max() <= 1)
    True
    """
    return uniform_of_std_(tensor, _std(tensor, a, mode, nonlinearity), generator)


def kaiming_normal_(
    tensor: Float[Tensor, "o i *kernel"],
    a: float = 0.0,
    mode: str = "fan_in",
    nonlinearity: str = "leaky_relu",
    generator: Generator | None = None,
) -> Float[Tensor, "o i *kernel"]:
    """Draw from a normal distribution of std ``gain / sqrt(fan)``.

    For leaky ReLU that is ``sqrt(2 / ((1 + a^2) fan))``. Arguments as in :func:`kaiming_uniform_`.

    Raises:
        ValueError: as :func:`kaiming_uniform_`.

    >>> source = torch.Generator().manual_seed(0)
    >>> f"{kaiming_normal_(torch.empty(200, 200), generator=source).std():.2f}"
    '0.10'
    """
    return normal_(tensor, 0.0, _std(tensor, a, mode, nonlinearity), generator)


def lecun_normal_(
    tensor: Float[Tensor, "o i *kernel"], generator: Generator | None = None
) -> Float[Tensor, "o i *kernel"]:
    """Draw from a normal distribution of std ``1 / sqrt(fan_in)``: Kaiming's with a gain of 1.

    Raises:
        ValueError: if the tensor has fewer than two axes.

    >>> source = torch.Generator().manual_seed(0)
    >>> f"{lecun_normal_(torch.empty(400, 100), generator=source).std():.2f}"
    '0.10'
    """
    return kaiming_normal_(tensor, nonlinearity="linear", generator=generator)
