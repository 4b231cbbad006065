"""Gain: by how much the weights must grow to make up for what an activation takes away.

ReLU discards half of a symmetric input, and with it half of the mean square; weights larger by
``sqrt(2)`` restore it. Each activation has such a factor, and torch keeps them in one table.

Paper:  He, Zhang, Ren & Sun 2015, "Delving deep into rectifiers: surpassing human-level performance
        on ImageNet classification" (ReLU and leaky ReLU); the rest is torch's custom
Torch:  torch.nn.init.calculate_gain
"""

import math

__all__ = ["GAINS", "calculate_gain"]

LINEAR = (
    "linear",
    "conv1d",
    "conv2d",
    "conv3d",
    "conv_transpose1d",
    "conv_transpose2d",
    "conv_transpose3d",
)
"""Layers without an activation behind them."""

GAINS: dict[str, float] = {
    **dict.fromkeys(LINEAR, 1.0),
    "sigmoid": 1.0,
    "tanh": 5 / 3,
    "relu": math.sqrt(2),
    "selu": 3 / 4,
}
"""torch's table, without leaky_relu, whose gain depends on its slope."""


def calculate_gain(nonlinearity: str, param: float | None = None) -> float:
    """Look the gain up; for leaky ReLU, ``sqrt(2 / (1 + slope^2))``.

    Args:
        nonlinearity: a name of :data:`GAINS`, or "leaky_relu".
        param: the negative slope of leaky ReLU, 0.01 if None; the others ignore it.

    Raises:
        ValueError: if there is no such name, or the slope is not a number.

    >>> round(calculate_gain("leaky_relu", 1.0), 3), round(calculate_gain("relu") ** 2, 3)
    (1.0, 2.0)
    """
    if nonlinearity == "leaky_relu":
        return _leaky_gain(0.01 if param is None else param)
    if nonlinearity not in GAINS:
        raise ValueError(
            f'nonlinearity "{nonlinearity}" is unknown; there are {", ".join(GAINS)}, leaky_relu'
        )
    return GAINS[nonlinearity]


def _leaky_gain(slope: float) -> float:
    if isinstance(slope, bool) or not isinstance(slope, (int, float)):
        raise ValueError(f"the negative slope is {slope!r}; it must be a number")
    return math.sqrt(2 / (1 + slope**2))
