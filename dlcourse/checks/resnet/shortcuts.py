"""Shortcuts: the check of shortcut, the path past a residual block in its three forms."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import avg_pool2d, conv2d, pad

from dlcourse.checks.judging import Case, Check, Draw, Mistake

from .maps import draw_map, draw_weight

__all__ = ["passed_by", "shortcut"]


def _thinned(x: Tensor, stride: int) -> Tensor:
    return x[..., ::stride, ::stride]


def _zeros_after(kept: Tensor, extra: int) -> Tensor:
    return pad(kept, (0, 0, 0, 0, 0, extra))


def _projected(x: Tensor, weight: Tensor, stride: int) -> Tensor:
    return conv2d(x, weight, stride=stride)


def _made_of(
    thin: Callable[[Tensor, int], Tensor] = _thinned,
    widen: Callable[[Tensor, int], Tensor] = _zeros_after,
    project: Callable[[Tensor, Tensor, int], Tensor] = _projected,
) -> Callable[..., Tensor]:
    """Make a shortcut that drops pixels, adds channels and projects in a given way."""

    def function(
        x: Tensor, channels: int, stride: int = 1, weight: Tensor | None = None
    ) -> Tensor:
        if weight is not None:
            return project(x, weight, stride)
        return widen(thin(x, stride), channels - x.shape[1])

    return function


passed_by = _made_of()
"""The right answer."""


def _draw_shortcut(draw: Draw) -> Case:
    channels, extra = draw.integer(2, 4), 2 * draw.integer(0, 2)
    case = {
        "x": draw_map(draw, channels),
        "channels": channels + extra,
        "stride": draw.integer(1, 2),
        "weight": None,
    }
    if draw.integer(0, 1):
        case["weight"] = draw_weight(draw, channels + extra, channels, 1)
    return Case(case)


def _half_before(kept: Tensor, extra: int) -> Tensor:
    return pad(kept, (0, 0, 0, 0, extra // 2, extra - extra // 2))


def _repeated(kept: Tensor, extra: int) -> Tensor:
    places = [place % kept.shape[1] for place in range(kept.shape[1] + extra)]
    return kept[:, places]


def _corner(x: Tensor, stride: int) -> Tensor:
    height, width = _thinned(x, stride).shape[-2:]
    return x[..., :height, :width]


shortcut = Check(
    task="shortcut",
    draw=_draw_shortcut,
    reference=passed_by,
    mistakes=(
        Mistake(
            "the projection has no stride",
            "It has to skip the pixels that the block skips: give the convolution its stride.",
            _made_of(project=lambda x, weight, stride: conv2d(x, weight)),
        ),
        Mistake(
            "option A has no stride",
            "Without a weight, keep every stride-th row and column.",
            _made_of(thin=lambda x, stride: x),
        ),
        Mistake(
            "the stride is ignored",
            "Both options keep every stride-th row and column only.",
            _made_of(
                thin=lambda x, stride: x,
                project=lambda x, weight, stride: conv2d(x, weight),
            ),
        ),
        Mistake(
            "the zeros pad the width and not the channels",
            "pad starts from the last axis and takes two numbers for each; the channels are the "
            "third from the end.",
            _made_of(widen=lambda kept, extra: pad(kept, (0, extra))),
        ),
        Mistake(
            "the zeros pad the height and not the channels",
            "pad starts from the last axis and takes two numbers for each; the channels are the "
            "third from the end.",
            _made_of(widen=lambda kept, extra: pad(kept, (0, 0, 0, extra))),
        ),
        Mistake(
            "the zeros come before the channels of x",
            "Of the two numbers that pad takes for an axis, the second is for its end.",
            _made_of(widen=lambda kept, extra: pad(kept, (0, 0, 0, 0, extra, 0))),
        ),
        Mistake(
            "half of the zeros come before the channels of x",
            "Some implementations do so; here all of them come after.",
            _made_of(widen=_half_before),
        ),
        Mistake(
            "the new channels repeat those of x",
            "Option A fills them with zeros.",
            _made_of(widen=_repeated),
        ),
        Mistake(
            "no channels are added",
            "Without a weight, add channels of zeros up to the number asked for.",
            _made_of(widen=lambda kept, extra: kept),
        ),
        Mistake(
            "pixels are averaged instead of dropped",
            "Keep every stride-th row and column as it is.",
            _made_of(
                thin=lambda x, stride: avg_pool2d(x, stride, stride, ceil_mode=True)
            ),
        ),
        Mistake(
            "a corner of x is kept instead of every stride-th pixel",
            "A slice takes a step as its third number: x[..., ::stride, ::stride].",
            _made_of(thin=_corner),
        ),
        Mistake(
            "the slice steps through channels and rows",
            "Axis 1 are the channels. Rows and columns are the last two axes: x[..., ::stride, "
            "::stride].",
            _made_of(thin=lambda x, stride: x[:, ::stride, ::stride]),
        ),
        Mistake(
            "the projection goes through a ReLU",
            "The path past the block is linear; the ReLU comes after the sum.",
            _made_of(
                project=lambda x, weight, stride: torch.relu(
                    _projected(x, weight, stride)
                )
            ),
        ),
    ),
    cases=16,
)
