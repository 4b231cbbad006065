"""Maximum: checks of max_pool2d and max_pool2d_backward."""

import math
from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import pad

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.nn import pooling as reference
from dlcourse.nn.convolution import col2im, im2col

from .maps import LIBRARY, draw_map, draw_windows

__all__ = ["max_pool2d", "max_pool2d_backward"]


# max_pool2d


def _largest(
    x: Tensor, kernel_size: int, stride: int | None = None, padding: int = 0
) -> Tensor:
    return reference.max_pool2d(x, kernel_size, stride, padding)


def _draw_pooling(draw: Draw) -> Case:
    windows = draw_windows(draw)
    if draw.integer(0, 1):
        del windows["stride"]
    return Case({"x": draw_map(draw), **windows})


max_pool2d = Check(
    task="max_pool2d",
    draw=_draw_pooling,
    reference=_largest,
    mistakes=(
        Mistake(
            "the padding is filled with zeros",
            "Where all cells of a window are negative, a zero beside them wins. What is outside "
            "the map must lose against everything.",
            lambda x, kernel_size, stride=None, padding=0: _largest(
                pad(x, (padding,) * 4), kernel_size, stride
            ),
        ),
        Mistake(
            "without a stride, the window moves by one cell",
            "A convolution does so. A pooling without a stride moves by the size of its window.",
            lambda x, kernel_size, stride=1, padding=0: _largest(
                x, kernel_size, stride, padding
            ),
        ),
        Mistake(
            "the stride is always the size of the window",
            "That holds only where no stride is given.",
            lambda x, kernel_size, stride=None, padding=0: _largest(
                x, kernel_size, None, padding
            ),
        ),
        Mistake(
            "the padding is ignored",
            "The first window begins padding cells before the map.",
            lambda x, kernel_size, stride=None, padding=0: _largest(
                x, kernel_size, stride
            ),
        ),
        Mistake(
            "a window that hangs over the padding is kept",
            "That is ceil_mode. Here the last window must fit: round down.",
            lambda x, kernel_size, stride=None, padding=0: reference.max_pool2d(
                x, kernel_size, stride, padding, ceil_mode=True
            ),
        ),
        Mistake(
            "the channels are pooled together",
            "Each channel is pooled by itself; the output has as many as the input.",
            lambda x, **windows: _largest(x, **windows).amax(dim=1, keepdim=True),
        ),
    ),
    forbidden=LIBRARY,
    cases=12,
)


# max_pool2d_backward


def _gradient(dy: Tensor, x: Tensor, **windows: int) -> Tensor:
    leaf = x.clone().requires_grad_()
    with torch.enable_grad():
        y = reference.max_pool2d(leaf, **windows)
    return torch.autograd.grad(y, leaf, dy)[0]


def _handing(
    share: Callable[[Tensor], Tensor], outside: float = -math.inf
) -> Callable[..., Tensor]:
    """Hand each slope back by the shares that the entries of its window have in it."""

    def hand(
        dy: Tensor, x: Tensor, kernel_size: int, stride: int, padding: int
    ) -> Tensor:
        padded = pad(x, (padding,) * 4, value=outside)
        entries = im2col(padded, kernel_size, stride=stride)
        entries = entries.unflatten(1, (x.shape[1], -1))  # b c kh_kw windows
        slopes = share(entries) * dy.flatten(2)[:, :, None]
        size = tuple(padded.shape[2:])
        dx = col2im(slopes.flatten(1, 2), size, kernel_size, stride=stride)
        return dx[..., padding : size[0] - padding, padding : size[1] - padding]

    return hand


def _all_winners(entries: Tensor) -> Tensor:
    return (entries == entries.amax(dim=2, keepdim=True)).to(entries.dtype)


def _first_winner(entries: Tensor) -> Tensor:
    first = entries.argmax(dim=2, keepdim=True)
    return torch.zeros_like(entries).scatter(2, first, 1.0)


def _last_of_windows(dy: Tensor, x: Tensor, **windows: int) -> Tensor:
    """Set the gradient of each winner instead of adding to it; the last window stays."""
    _, places = reference.max_pool2d(x, **windows, return_indices=True)
    dx = torch.zeros_like(x).flatten(2)
    return dx.scatter(2, places.flatten(2), dy.flatten(2)).view_as(x)


def _draw_backward(draw: Draw) -> Case:
    # Small whole numbers tie often, as the zeros after a ReLU do.
    x, windows = (1.5 * draw_map(draw)).round(), draw_windows(draw)
    return Case({"dy": draw.tensor(*_largest(x, **windows).shape), "x": x, **windows})


max_pool2d_backward = Check(
    task="max_pool2d_backward",
    draw=_draw_backward,
    reference=_gradient,
    mistakes=(
        Mistake(
            "on a tie the gradient is split",
            "One cell of a window gets all of it: the first that holds the maximum, row by row.",
            _handing(
                lambda entries: (
                    _all_winners(entries)
                    / _all_winners(entries).sum(dim=2, keepdim=True)
                )
            ),
        ),
        Mistake(
            "on a tie every winner gets the whole gradient",
            "That makes more of it than came in. Only the first cell that holds the maximum, row "
            "by row, gets it.",
            _handing(_all_winners),
        ),
        Mistake(
            "on a tie the last winner gets the gradient",
            "Of equal cells the first counts, row by row.",
            _handing(lambda entries: _first_winner(entries.flip(2)).flip(2)),
        ),
        Mistake(
            "overlapping windows overwrite each other",
            "A cell may win several windows, and hears from each: add (+=) what comes back.",
            _last_of_windows,
        ),
        Mistake(
            "the padding wins with its zeros",
            "Where all cells of a window are negative, the gradient vanishes in the padding. What "
            "is outside the map must lose against everything.",
            _handing(_first_winner, outside=0.0),
        ),
        Mistake(
            "the gradient is spread over the window",
            "That is the mean's. The maximum depends on one cell only.",
            _handing(lambda entries: torch.ones_like(entries) / entries.shape[2]),
        ),
    ),
    builds_on=(max_pool2d,),
    forbidden=LIBRARY,
)
