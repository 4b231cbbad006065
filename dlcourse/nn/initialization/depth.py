"""Depth: follow a signal forward through many layers, and a gradient back.

A factor close to 1 does no harm once and ruins everything a hundred times over. So each layer's
output and gradient is measured by one number, its standard deviation, and the curve over the layers
says whether a start is any good.

Axes:   b samples, i o units in and out
Paper:  Glorot & Bengio 2010, "Understanding the difficulty of training deep feedforward neural
        networks"
Torch:  none; the gradients are those of torch.autograd
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Generator, Tensor

from .activations import Activation

__all__ = ["Signals", "measure_signals", "square_layers"]


class Signals(NamedTuple):
    """Standard deviations, one a layer from the first to the last.

    Attributes:
        forward: of the layer's output.
        backward: of the gradient with respect to that output.
    """

    forward: list[float]
    backward: list[float]


def square_layers(
    depth: int, width: int, initialize: Callable[..., Tensor], generator: Generator
) -> list[Float[Tensor, "o i"]]:
    """Make weights of ``depth`` layers of ``width`` units, in double precision.

    Args:
        depth: how many layers.
        width: units of each, in and out.
        initialize: fills one weight in place, and takes a generator.
        generator: source of the numbers.

    >>> from dlcourse.nn.initialization import normal_
    >>> [tuple(w.shape) for w in square_layers(2, 3, normal_, torch.Generator())]
    [(3, 3), (3, 3)]
    """
    # Single precision ends at 1e38, and a hundred layers go further.
    weights = [torch.empty(width, width, dtype=torch.float64) for _ in range(depth)]
    return [initialize(weight, generator=generator) for weight in weights]


@torch.no_grad()
def measure_signals(
    x: Float[Tensor, "b i"],
    weights: Sequence[Float[Tensor, "_ _"]],
    activation: Activation,
    dy: Float[Tensor, "b o"],
) -> Signals:
    """Pass ``x`` through all layers ``f(W x)``, pass ``dy`` back, and measure both at each layer.

    Back through a layer, a gradient is multiplied by the slope and then by the weight:
    ``dx = W^T (dy f'(W x))``.

    Args:
        x: what enters the first layer.
        weights: one a layer; there are no biases.
        activation: its value and its slope.
        dy: gradient with respect to the last output.

    >>> from dlcourse.nn.initialization import ACTIVATIONS
    >>> x = torch.tensor([[1.0, -1.0]])
    >>> measure_signals(x, [torch.eye(2)], ACTIVATIONS["relu"], dy=3 * x).forward
    [0.7071067690849304]
    """
    outputs, sums = [x], []
    for weight in weights:
        sums.append(outputs[-1] @ weight.T)
        outputs.append(activation.value(sums[-1]))
    gradients = [dy]
    for weight, z in zip(reversed(weights[1:]), reversed(sums[1:]), strict=True):
        gradients.append((gradients[-1] * activation.slope(z)) @ weight)
    return Signals(
        [output.std().item() for output in outputs[1:]],
        [gradient.std().item() for gradient in reversed(gradients)],
    )
