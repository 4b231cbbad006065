"""Steps: checks of zero_pad, single_step and output_size, the parts of one convolution."""

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake

from .layers import LIBRARY

__all__ = ["output_size", "single_step", "zero_pad"]


# zero_pad


def _surround(x: Tensor, top: int, bottom: int, left: int, right: int) -> Tensor:
    height, width = x.shape[2:]
    padded = x.new_zeros(*x.shape[:2], top + height + bottom, left + width + right)
    padded[..., top : top + height, left : left + width] = x
    return padded


def _repeat_edge(x: Tensor, padding: int) -> Tensor:
    rows, columns = (
        torch.arange(-padding, n + padding).clamp(0, n - 1) for n in x.shape[2:]
    )
    return x[:, :, rows][..., columns]


zero_pad = Check(
    task="zero_pad",
    draw=lambda draw: Case(
        {
            "x": draw.tensor(
                draw.integer(1, 3), draw.integer(1, 3), draw.side(), draw.side()
            ),
            "padding": draw.integer(0, 3),
        }
    ),
    reference=lambda x, padding: _surround(x, padding, padding, padding, padding),
    mistakes=(
        Mistake(
            "the padding lies on one side only",
            "The sides grow by the padding; they should grow by twice as much, once before and "
            "once after.",
            lambda x, padding: _surround(x, 0, padding, 0, padding),
        ),
        Mistake(
            "the padding all lies before the image",
            "The size is right, but the image has moved to the lower right corner; it belongs in "
            "the middle.",
            lambda x, padding: _surround(x, 2 * padding, 0, 2 * padding, 0),
        ),
        Mistake(
            "only the width is padded",
            "The rows above and below the image are missing.",
            lambda x, padding: _surround(x, 0, 0, padding, padding),
        ),
        Mistake(
            "the border repeats the edge of the image",
            "Zero padding surrounds the image with zeros, not with copies of its edge.",
            _repeat_edge,
        ),
    ),
    forbidden=("constant_pad_nd", "reflection_pad2d", "replication_pad2d"),
)


# single_step


def _sum_of_products(window: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    return (window * weight).sum() + bias


def _draw_window(draw: Draw) -> Case:
    shape = draw.integer(2, 4), draw.integer(2, 3), draw.integer(2, 4)
    return Case(
        {
            "window": draw.tensor(*shape),
            "weight": draw.tensor(*shape),
            "bias": draw.tensor(),
        }
    )


single_step = Check(
    task="single_step",
    draw=_draw_window,
    reference=_sum_of_products,
    mistakes=(
        Mistake(
            "the bias is added to every product",
            "It belongs to the kernel: add it once, after the sum.",
            lambda window, weight, bias: (window * weight + bias).sum(),
        ),
        Mistake(
            "the bias is added once per channel of the input",
            "The channels are summed first; then comes one bias.",
            lambda window, weight, bias: (
                (window * weight).sum(dim=(1, 2)) + bias
            ).sum(),
        ),
        Mistake(
            "the bias is missing",
            "The sum of the products is right; the bias comes on top.",
            lambda window, weight, bias: (window * weight).sum(),
        ),
        Mistake(
            "the kernel is flipped",
            "That is the convolution of mathematics. Networks lay the kernel on the window as it "
            "is: cross-correlation.",
            lambda window, weight, bias: _sum_of_products(
                window, weight.flip(1, 2), bias
            ),
        ),
        Mistake(
            "the channels are kept apart",
            "One kernel gives one number: sum over the channels too.",
            lambda window, weight, bias: (window * weight).sum(dim=(1, 2)) + bias,
        ),
    ),
    forbidden=LIBRARY,
)


# output_size


def _count_windows(n: int, kernel_size: int, stride: int, padding: int) -> int:
    return (n + 2 * padding - kernel_size) // stride + 1


def _draw_sizes(draw: Draw) -> Case:
    kernel_size = draw.integer(1, 5)
    sizes = {
        "kernel_size": kernel_size,
        "stride": draw.integer(1, 4),
        "padding": draw.integer(0, 3),
    }
    return Case({"n": kernel_size + draw.integer(0, 200 if draw.hard else 20), **sizes})


output_size = Check(
    task="output_size",
    draw=_draw_sizes,
    reference=_count_windows,
    mistakes=(
        Mistake(
            "the first window is not counted",
            "The division counts the moves of the window; there is one more place than moves.",
            lambda n, kernel_size, stride, padding: (
                (n + 2 * padding - kernel_size) // stride
            ),
        ),
        Mistake(
            "the padding is counted once",
            "It lies on both ends of the side.",
            lambda n, kernel_size, stride, padding: (
                (n + padding - kernel_size) // stride + 1
            ),
        ),
        Mistake(
            "the division is rounded up",
            "A last window that does not fit is left out: round down.",
            lambda n, kernel_size, stride, padding: (
                -((kernel_size - n - 2 * padding) // stride) + 1
            ),
        ),
        Mistake(
            "the stride is left out",
            "The window moves by the stride, so fewer places are visited.",
            lambda n, kernel_size, stride, padding: n + 2 * padding - kernel_size + 1,
        ),
    ),
    cases=24,
)
