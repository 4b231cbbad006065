"""Prediction: the same curves without a network, from one integral a layer.

In a wide layer each sum has many terms, so it is normal, whatever the terms are. Then its standard
deviation is all there is to know, and the next layer's follows from the activation alone. The width
drops out: what counts is ``scale``, the weights' standard deviation times ``sqrt(fan_in)``.

Paper:  Poole, Lahiri, Raghu, Sohl-Dickstein & Ganguli 2016, "Exponential expressivity in deep
        neural networks through transient chaos" (forward); Schoenholz, Gilmer, Ganguli &
        Sohl-Dickstein 2017, "Deep information propagation" (back)
Torch:  none
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from .activations import Activation
from .depth import Signals

__all__ = ["predict_signals"]

FARTHEST = 8.0
"""In standard deviations; one normal number in 1e15 lies beyond."""

POINTS = 4000
"""Of the integral. An even number, so that none falls on a kink at 0."""


def _normal_points() -> tuple[Float[Tensor, "p"], Float[Tensor, "p"]]:
    """Place points along a normal distribution, and weigh them so that the weights sum to 1."""
    z = torch.linspace(-FARTHEST, FARTHEST, POINTS, dtype=torch.float64)
    density = torch.exp(-z.square() / 2)
    return z, density / density.sum()


def predict_signals(depth: int, scale: float, activation: Activation) -> Signals:
    """Iterate the standard deviation of the sums, from an input of standard deviation 1.

    With z normal and ``s`` the standard deviation of a layer's sums, the next layer's is
    ``scale sqrt(E[f(s z)^2])``, and a gradient that goes back through the layer is multiplied by
    ``scale sqrt(E[f'(s z)^2])``. All layers are square; the last gradient is 1.

    Raises:
        ValueError: if ``scale`` is negative.

    >>> from dlcourse.nn.initialization import ACTIVATIONS
    >>> half = predict_signals(3, 1.0, ACTIVATIONS["relu"]).backward  # of the power, a layer
    >>> [round(gradient**2, 6) for gradient in half]
    [0.25, 0.5, 1.0]
    """
    if scale < 0:
        raise ValueError(f"scale ({scale}) must not be negative")
    z, weight = _normal_points()
    forward, factors, size = [], [], scale
    for _ in range(depth):
        output, slope = activation.value(size * z), activation.slope(size * z)
        mean, power = (output * weight).sum(), (output.square() * weight).sum()
        forward.append((power - mean.square()).clamp(min=0).sqrt().item())
        factors.append(scale * (slope.square() * weight).sum().sqrt().item())
        size = scale * power.sqrt().item()
    backward = [math.prod(factors[layer:], start=1.0) for layer in range(1, depth + 1)]
    return Signals(forward, backward)
