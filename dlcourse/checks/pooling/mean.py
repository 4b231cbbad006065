"""Mean: checks of avg_pool2d and global_avg_pool2d."""

from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.nn import pooling as reference

from .maps import LIBRARY, draw_map, draw_windows

__all__ = ["avg_pool2d", "global_avg_pool2d"]


# avg_pool2d


def _mean(x: Tensor, **options: int | bool) -> Tensor:
    return reference.avg_pool2d(x, **options)


def _draw_means(draw: Draw) -> Case:
    windows = draw_windows(draw)
    return Case(
        {"x": draw_map(draw), **windows, "count_include_pad": bool(draw.integer(0, 1))}
    )


avg_pool2d = Check(
    task="avg_pool2d",
    draw=_draw_means,
    reference=_mean,
    mistakes=(
        Mistake(
            "the border is always counted",
            "Without count_include_pad, a window at the edge is divided by the cells of the map "
            "that it holds.",
            lambda count_include_pad, **rest: _mean(**rest, count_include_pad=True),
        ),
        Mistake(
            "the border is never counted",
            "With count_include_pad, every window is divided by the cells that it spans, zeros "
            "included.",
            lambda count_include_pad, **rest: _mean(**rest, count_include_pad=False),
        ),
        Mistake(
            "count_include_pad is understood the wrong way round",
            "True counts the zeros of the border, False leaves them out.",
            lambda count_include_pad, **rest: _mean(
                **rest, count_include_pad=not count_include_pad
            ),
        ),
        Mistake(
            "the windows are summed and not averaged",
            "Divide each sum by the number of its cells.",
            lambda x, count_include_pad, **windows: reference.avg_pool2d(
                x, **windows, divisor_override=1
            ),
        ),
        Mistake(
            "the padding is ignored",
            "The first window begins padding cells before the map.",
            lambda padding, **rest: _mean(**rest, padding=0),
        ),
        Mistake(
            "the maximum is taken",
            "The sum of a window's cells, divided by their number, is wanted.",
            lambda x, count_include_pad, **windows: reference.max_pool2d(x, **windows),
        ),
    ),
    forbidden=LIBRARY,
    cases=12,
)


# global_avg_pool2d

global_avg_pool2d = Check(
    task="global_avg_pool2d",
    draw=lambda draw: Case({"x": draw_map(draw)}),
    reference=lambda x: reference.global_avg_pool2d(x),
    mistakes=(
        Mistake(
            "the channels are averaged, not the pixels",
            "Each channel keeps a number of its own: the mean of its rows and columns.",
            lambda x: x.mean(dim=1),
        ),
        Mistake(
            "the two sides are still there, with length 1",
            "The result has the axes batch and channels, and no others.",
            lambda x: x.mean(dim=(2, 3), keepdim=True),
        ),
        Mistake(
            "the samples of the batch are averaged together",
            "Every image keeps its own numbers: the batch axis stays.",
            lambda x: x.mean(dim=(0, 2, 3)),
        ),
        Mistake(
            "the channels are averaged together",
            "One number a channel, not one an image.",
            lambda x: x.mean(dim=(1, 2, 3)),
        ),
        Mistake(
            "the pixels are summed and not averaged",
            "A larger image must not give a larger answer: divide by the number of pixels.",
            lambda x: x.sum(dim=(2, 3)),
        ),
        Mistake(
            "only one side is averaged",
            "Rows and columns both go.",
            lambda x: x.mean(dim=3),
        ),
    ),
    forbidden=LIBRARY,
    cases=6,
)
