"""Signals: checks of forward_std and backward_std, which measure a deep network layer by layer."""

from collections.abc import Callable

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.nn.initialization import ACTIVATIONS, measure_signals

__all__ = ["backward_std", "forward_std"]


def _layers(draw: Draw) -> dict[str, Tensor]:
    """Draw samples and square layers of a size that bends tanh without pressing it flat."""
    width = draw.side(2)
    weights = draw.tensor(draw.integer(2, 5), width, width)
    return {"x": draw.tensor(draw.integer(3, 6), width), "weights": weights}


def _stds(tensors: list[Tensor]) -> Tensor:
    return torch.stack([tensor.std() for tensor in tensors])


def _outputs(x: Tensor, weights: Tensor) -> list[Tensor]:
    """List what enters the first layer, then each layer's output."""
    outputs = [x]
    for weight in weights:
        outputs.append(torch.tanh(outputs[-1] @ weight.T))
    return outputs


# forward_std


def _measured_forward(x: Tensor, weights: Tensor) -> Tensor:
    dy = torch.zeros_like(x)
    signals = measure_signals(x, list(weights), ACTIVATIONS["tanh"], dy)
    return x.new_tensor(signals.forward)


forward_std = Check(
    task="forward_std",
    draw=lambda draw: Case(_layers(draw)),
    reference=_measured_forward,
    mistakes=(
        Mistake(
            "every layer reads x",
            "A layer reads the output of the layer before it.",
            lambda x, weights: _stds([torch.tanh(x @ weight.T) for weight in weights]),
        ),
        Mistake(
            "the weight is transposed",
            "A weight has the shape (out, in), so a batch of rows is multiplied by weight.T.",
            lambda x, weights: _stds(_outputs(x, weights.mT)[1:]),
        ),
        Mistake(
            "the sums are measured before tanh",
            "A layer's output is what the next one reads: after the activation.",
            lambda x, weights: _stds(
                [y @ w.T for y, w in zip(_outputs(x, weights), weights, strict=False)]
            ),
        ),
        Mistake(
            "there is no activation",
            "Every layer ends with tanh.",
            lambda x, weights: _stds(_linear_outputs(x, weights)),
        ),
        Mistake(
            "the input is measured too",
            "One number for each layer, its output's; x is no layer's output.",
            lambda x, weights: _stds(_outputs(x, weights)),
        ),
    ),
)


def _linear_outputs(x: Tensor, weights: Tensor) -> list[Tensor]:
    outputs = [x]
    for weight in weights:
        outputs.append(outputs[-1] @ weight.T)
    return outputs[1:]


# backward_std


def _measured_backward(dy: Tensor, x: Tensor, weights: Tensor) -> Tensor:
    signals = measure_signals(x, list(weights), ACTIVATIONS["tanh"], dy)
    return x.new_tensor(signals.backward)


def _by_slope(slope: Callable[[Tensor], Tensor], turn: bool = False) -> Callable:
    """Go back with a slope made from a layer's output; ``turn`` transposes the weights too."""

    def backward(dy: Tensor, x: Tensor, weights: Tensor) -> Tensor:
        gradients, outputs = [dy], _outputs(x, weights)
        for index in range(len(weights) - 1, 0, -1):
            weight = weights[index].T if turn else weights[index]
            gradients.append((gradients[-1] * slope(outputs[index + 1])) @ weight)
        return _stds(gradients[::-1])

    return backward


def _one_too_far(dy: Tensor, x: Tensor, weights: Tensor) -> Tensor:
    gradients, outputs = [dy], _outputs(x, weights)
    for output, weight in zip(reversed(outputs), reversed(list(weights)), strict=False):
        gradients.append((gradients[-1] * (1 - output**2)) @ weight)
    return _stds(gradients[:0:-1])


backward_std = Check(
    task="backward_std",
    draw=lambda draw: _with_dy(draw, _layers(draw)),
    reference=_measured_backward,
    mistakes=(
        Mistake(
            "the slope is left out",
            "On its way back a gradient passes tanh as well: multiply by the slope, 1 - y^2.",
            _by_slope(torch.ones_like),
        ),
        Mistake(
            "the slope is taken at the output instead of the sum",
            "With y = tanh(z) the slope is 1 - y^2; tanh has been applied already.",
            _by_slope(lambda y: 1 - torch.tanh(y) ** 2),
        ),
        Mistake(
            "the weight is transposed",
            "Forward, rows are multiplied by weight.T; back, by weight.",
            _by_slope(lambda y: 1 - y**2, turn=True),
        ),
        Mistake(
            "the last layer comes first",
            "The walk runs backwards, the answer from the first layer to the last.",
            lambda **arguments: _measured_backward(**arguments).flip(0),
        ),
        Mistake(
            "the gradients are those of the layers' inputs",
            "The last layer's entry is dy itself; the walk ends at the first layer's output.",
            _one_too_far,
        ),
    ),
    forbidden=("tanh_backward",),
)


def _with_dy(draw: Draw, layers: dict[str, Tensor]) -> Case:
    return Case({"dy": draw.tensor(*layers["x"].shape), **layers})
