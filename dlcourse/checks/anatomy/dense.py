"""Dense: the check of dense_everywhere, a dense layer used as a convolution."""

from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.nn.convolution import conv2d

__all__ = ["dense_everywhere"]

Two = tuple[int, int]


def _as_kernel(weight: Tensor, channels: int, window: Two) -> Tensor:
    return weight.reshape(len(weight), channels, *window)


def _everywhere(
    x: Tensor, weight: Tensor, bias: Tensor, window: Two, stride: Two = (1, 1)
) -> Tensor:
    return conv2d(x, _as_kernel(weight, x.shape[1], window), bias, stride)


def _channels_last(x: Tensor, weight: Tensor, bias: Tensor, window: Two) -> Tensor:
    kernel = weight.reshape(len(weight), *window, x.shape[1]).permute(0, 3, 1, 2)
    return conv2d(x, kernel, bias)


def _sides_swapped(x: Tensor, weight: Tensor, bias: Tensor, window: Two) -> Tensor:
    height, width = window
    kernel = weight.reshape(len(weight), x.shape[1], width, height).mT
    return conv2d(x, kernel, bias)


def _draw_map(draw: Draw) -> Case:
    channels, units = draw.integer(2, 4), draw.integer(2, 5)
    height = draw.integer(2, 3)
    window = height, height + draw.integer(1, 2)
    sides = (side + draw.integer(1, 9 if draw.hard else 4) for side in window)
    return Case(
        {
            "x": draw.tensor(draw.integer(1, 3), channels, *sides),
            "weight": draw.tensor(units, channels * window[0] * window[1]),
            "bias": draw.tensor(units),
            "window": window,
        }
    )


dense_everywhere = Check(
    task="dense_everywhere",
    draw=_draw_map,
    reference=_everywhere,
    mistakes=(
        Mistake(
            "the windows do not overlap",
            "The layer stands at every place, one cell further each time, not one window further.",
            lambda window, **rest: _everywhere(window=window, stride=window, **rest),
        ),
        Mistake(
            "the weights are read as if the channels came last",
            "flatten() goes through a channel's rows before it comes to the next channel.",
            _channels_last,
        ),
        Mistake(
            "the window is turned on its side",
            "window is (height, width), and the rows come one after the other.",
            _sides_swapped,
        ),
        Mistake(
            "the bias is missing",
            "Each unit adds its own at every place.",
            lambda bias, **rest: _everywhere(bias=0 * bias, **rest),
        ),
        Mistake(
            "the places are averaged",
            "That is what one does with the result afterwards; here every place is asked for.",
            lambda **case: _everywhere(**case).mean(dim=(2, 3)),
        ),
    ),
)
