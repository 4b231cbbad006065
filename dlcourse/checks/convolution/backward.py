"""Backward: the check of conv2d_backward."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import pad

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.nn import convolution as reference

from .columns import im2col
from .layers import LIBRARY, draw_layer
from .steps import output_size, zero_pad

__all__ = ["conv2d_backward"]


def _gradients(
    dy: Tensor, x: Tensor, weight: Tensor, **options: int
) -> tuple[Tensor, ...]:
    leaves = x.clone().requires_grad_(), weight.clone().requires_grad_()
    with torch.enable_grad():
        y = reference.conv2d(*leaves, **options)
    return (*torch.autograd.grad(y, leaves, dy), dy.sum(dim=(0, 2, 3)))


def _overwritten(
    dy: Tensor, x: Tensor, weight: Tensor, stride: int, padding: int
) -> Tensor:
    """Set the pixels that an entry of the kernel met instead of adding to them."""
    padded = torch.zeros_like(pad(x, (padding,) * 4))
    (kernel_height, kernel_width), (rows, columns) = weight.shape[2:], dy.shape[2:]
    for u in range(kernel_height):
        for v in range(kernel_width):
            down = slice(u, u + stride * rows, stride)
            across = slice(v, v + stride * columns, stride)
            met = torch.einsum("borc,oi->birc", dy, weight[:, :, u, v])
            padded[:, :, down, across] = met
    return padded[..., padding : padding + x.shape[2], padding : padding + x.shape[3]]


def _draw_backward(draw: Draw) -> Case:
    layer = draw_layer(draw)
    y = reference.conv2d(**layer)
    del layer["bias"]
    return Case({"dy": draw.tensor(*y.shape), **layer})


def _with_dx(wrong_dx: Callable[..., Tensor]) -> Callable[..., tuple[Tensor, ...]]:
    """Complete a wrong dx with the right gradients of weight and bias."""
    return lambda **arguments: (wrong_dx(**arguments), *_gradients(**arguments)[1:])


conv2d_backward = Check(
    task="conv2d_backward",
    draw=_draw_backward,
    reference=_gradients,
    mistakes=(
        Mistake(
            "overlapping windows overwrite each other in dx",
            "A pixel counts in every window that contains it: add (+=) where windows overlap.",
            _with_dx(_overwritten),
        ),
        Mistake(
            "the kernel is flipped in dx",
            "Each window hands its slope back through the weights it came by, in the same place.",
            _with_dx(
                lambda dy, x, weight, **options: _gradients(
                    dy, x, weight.flip(2, 3), **options
                )[0]
            ),
        ),
        Mistake(
            "the gradients of weight and bias are averaged over the batch",
            "The loss may average; this function adds up what every sample contributes.",
            lambda dy, **rest: (
                _gradients(dy, **rest)[0],
                *(gradient / len(dy) for gradient in _gradients(dy, **rest)[1:]),
            ),
        ),
        Mistake(
            "the gradient of the weight is averaged over the batch",
            "The loss may average; this function adds up what every sample contributes.",
            lambda dy, **rest: (
                _gradients(dy, **rest)[0],
                _gradients(dy, **rest)[1] / len(dy),
                _gradients(dy, **rest)[2],
            ),
        ),
        Mistake(
            "the gradient of the bias is summed over the batch only",
            "One bias serves every pixel, so its gradient is summed over them too.",
            lambda **arguments: (
                *_gradients(**arguments)[:2],
                arguments["dy"].sum(dim=0),
            ),
        ),
        Mistake(
            "the padding is still on dx",
            "dx has the shape of x: cut off the border that the padding added.",
            _with_dx(
                lambda dy, x, weight, stride, padding: _gradients(
                    dy, pad(x, (padding,) * 4), weight, stride=stride, padding=0
                )[0]
            ),
        ),
    ),
    builds_on=(zero_pad, output_size, im2col),
    forbidden=LIBRARY,
    cases=6,
)
