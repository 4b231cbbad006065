"""Way back: one layer's answer carried back to the pixels, layer by layer.

The gradient goes back through a convolution by its kernels, transposed, through a maximum to the
cell that won (its place, the switch, is noted on the way there), and through a ReLU wherever its
input was positive. The deconvolutional network differs in the last of these alone: it lets pass
what is positive on the way *back*. Guided backpropagation asks for both.

Axes:   b c h w
Paper:  Zeiler & Fergus 2014, "Visualizing and understanding convolutional networks"; Springenberg,
        Dosovitskiy, Brox & Riedmiller 2015, "Striving for simplicity: the all convolutional net"
Torch:  torch.autograd.grad for the gradient; torch.nn.functional.conv_transpose2d, max_unpool2d
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn
from torch.nn.functional import conv_transpose2d, max_pool2d, max_unpool2d

from dlcourse.axes import Images
from dlcourse.style._network import Network

__all__ = ["RULES", "Step", "carried_back", "forward_steps"]

RULES = ("gradient", "deconvolution", "guided")
"""What a ReLU lets pass on the way back."""


class Step(NamedTuple):
    """A layer, what went into it, what came out, and the switches of a pooling."""

    layer: nn.Module
    entered: Float[Tensor, "_b _i _h _w"]
    left: Float[Tensor, "_b _o _oh _ow"]
    switches: Int[Tensor, "_b _c _oh _ow"] | None = None


@torch.no_grad()
def forward_steps(model: Network, images: Images, layer: str) -> list[Step]:
    """Run the model, in evaluation mode, up to a layer and note what is needed for the way back.

    Raises:
        KeyError: if the model has no layer of that name.
        ValueError: if the model is in training mode.
    """
    if layer not in model.layers:
        raise KeyError(
            f'no layer is called "{layer}"; there are {", ".join(model.layers)}'
        )
    if model.training:
        raise ValueError(
            "the model is in training mode, where its answers depend on the batch"
        )
    steps, x = [], model.scaled(images)
    for name, module in model.layers.items():
        switches = None
        if isinstance(module, nn.MaxPool2d):
            y, switches = max_pool2d(
                x, module.kernel_size, module.stride, return_indices=True
            )
        else:
            y = module(x)
        steps.append(Step(module, x, y, switches))
        x = y
        if name == layer:
            break
    return steps


@torch.no_grad()
def carried_back(
    steps: Sequence[Step],
    signal: Float[Tensor, "b o oh ow"],
    rule: str = "gradient",
    *,
    switches: bool = True,
) -> Images:
    """Carry a signal at the last step back to what entered the first.

    Args:
        steps: of the way there.
        signal: of the shape of the last answer; by the rule "gradient" what comes out is the
            gradient of the sum of signal times answer.
        rule: one of :data:`RULES`.
        switches: whether a pooling hands its signal to the cell that won; else to the first cell
            of the window.

    Raises:
        ValueError: if the rule is unknown or the signal has another shape than the answer.
    """
    if rule not in RULES:
        raise ValueError(f'rule is "{rule}"; say one of {", ".join(RULES)}')
    if signal.shape != steps[-1].left.shape:
        raise ValueError(
            f"signal has shape {tuple(signal.shape)}, the answer {tuple(steps[-1].left.shape)}"
        )
    for step in reversed(steps):
        signal = _back(step, signal, rule, switches)
    return signal


def _back(
    step: Step, signal: Float[Tensor, "b o oh ow"], rule: str, switches: bool
) -> Images:
    layer = step.layer
    if isinstance(layer, nn.ReLU):
        return _through_relu(step.entered, signal, rule)
    if isinstance(layer, nn.Conv2d):
        return conv_transpose2d(signal, layer.weight, None, layer.stride, layer.padding)
    if isinstance(layer, nn.BatchNorm2d):
        slope = layer.weight / (layer.running_var + layer.eps).sqrt()
        return signal * slope[:, None, None]
    places = step.switches if switches else _first_cells(step)
    size = step.entered.shape[2:]
    return max_unpool2d(
        signal, places, layer.kernel_size, layer.stride, output_size=size
    )


def _through_relu(entered: Images, signal: Images, rule: str) -> Images:
    """Let pass where the input was positive, where the signal is, or where both are."""
    if rule != "gradient":
        signal = signal.relu()
    return signal if rule == "deconvolution" else signal * (entered > 0)


def _first_cells(step: Step) -> Int[Tensor, "b c oh ow"]:
    """Name the upper left cell of every window, counted along the rows as torch does."""
    height, width = step.left.shape[2:]
    rows = torch.arange(height)[:, None] * step.layer.stride
    columns = torch.arange(width) * step.layer.stride
    return (rows * step.entered.shape[3] + columns).expand(step.left.shape).contiguous()
