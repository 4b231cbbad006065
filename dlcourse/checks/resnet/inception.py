"""Inception: the check of inception_module, four branches side by side."""

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, relu
from torch.nn.functional import avg_pool2d, max_pool2d

from dlcourse.checks.judging import Case, Check, Draw, Mistake

from .maps import conv_same, draw_map, draw_weight

__all__ = ["inception_module"]


def _linear(x: Tensor) -> Tensor:
    return x


def _side_by_side(branches: Sequence[Tensor]) -> Tensor:
    return torch.cat(list(branches), dim=1)


def _along(axis: int) -> Callable[[Sequence[Tensor]], Tensor]:
    return lambda branches: torch.cat(list(branches), dim=axis)


def _most(x: Tensor) -> Tensor:
    return max_pool2d(x, 3, stride=1, padding=1)


def _mean(x: Tensor) -> Tensor:
    return avg_pool2d(x, 3, stride=1, padding=1)


def _module(
    join: Callable[[Sequence[Tensor]], Tensor] = _side_by_side,
    pool: Callable[[Tensor], Tensor] = _most,
    inner: Callable[[Tensor], Tensor] = relu,
    outer: Callable[[Tensor], Tensor] = relu,
) -> Callable[..., Tensor]:
    """Make a module that joins, pools and activates in a given way."""

    def function(
        x: Tensor,
        weight1: Tensor,
        reduce3: Tensor,
        weight3: Tensor,
        reduce5: Tensor,
        weight5: Tensor,
        weight_pool: Tensor,
    ) -> Tensor:
        branches = (
            conv_same(x, weight1),
            conv_same(inner(conv_same(x, reduce3)), weight3),
            conv_same(inner(conv_same(x, reduce5)), weight5),
            conv_same(pool(x), weight_pool),
        )
        return join([outer(branch) for branch in branches])

    return function


_right = _module()


def _pooled_last(x: Tensor, weight_pool: Tensor, **weights: Tensor) -> Tensor:
    right = _right(x, weight_pool=weight_pool, **weights)
    last = _most(relu(conv_same(x, weight_pool)))
    return torch.cat([right[:, : -last.shape[1]], last], dim=1)


def _draw_module(draw: Draw) -> Case:
    # As many channels in each branch: only then can they be joined along any axis.
    channels, out = draw.integer(2, 5), draw.integer(1, 3)
    narrow3, narrow5 = draw.integer(1, 3), draw.integer(1, 3)
    return Case(
        {
            "x": draw_map(draw, channels),
            "weight1": draw_weight(draw, out, channels, 1),
            "reduce3": draw_weight(draw, narrow3, channels, 1),
            "weight3": draw_weight(draw, out, narrow3, 3),
            "reduce5": draw_weight(draw, narrow5, channels, 1),
            "weight5": draw_weight(draw, out, narrow5, 5),
            "weight_pool": draw_weight(draw, out, channels, 1),
        }
    )


inception_module = Check(
    task="inception_module",
    draw=_draw_module,
    reference=_right,
    mistakes=(
        Mistake(
            "the branches are concatenated along the batch",
            "They are maps of the same images: join their channels, axis 1. torch.cat joins axis 0 "
            "unless it is told.",
            _module(join=_along(0)),
        ),
        Mistake(
            "the branches are concatenated along the height",
            "They see the same pixels: join their channels, axis 1.",
            _module(join=_along(2)),
        ),
        Mistake(
            "the branches are concatenated along the width",
            "They see the same pixels: join their channels, axis 1.",
            _module(join=_along(3)),
        ),
        Mistake(
            "the branches are added",
            "Each branch keeps channels of its own; nothing is mixed before the next layer.",
            _module(join=lambda branches: sum(branches)),
        ),
        Mistake(
            "the last ReLUs are missing",
            "Every convolution is followed by a ReLU, the last of each branch too.",
            _module(outer=_linear),
        ),
        Mistake(
            "the ReLUs after the reductions are missing",
            "Every convolution is followed by a ReLU, the 1x1 before the 3x3 and the 5x5 too.",
            _module(inner=_linear),
        ),
        Mistake(
            "all ReLUs are missing",
            "Every convolution is followed by a ReLU.",
            _module(inner=_linear, outer=_linear),
        ),
        Mistake(
            "the pooling takes the mean",
            "The fourth branch keeps the largest value of each window.",
            _module(pool=_mean),
        ),
        Mistake(
            "the pooling comes after its 1x1",
            "First pool x, then let the 1x1 choose among its channels.",
            _pooled_last,
        ),
        Mistake(
            "the pooling branch does not pool",
            "Before its 1x1 stands a maximum over 3x3, at stride 1 and with padding 1.",
            _module(pool=_linear),
        ),
        Mistake(
            "the branches stand in another order: the pooling first",
            "The order is 1x1, 3x3, 5x5, pooling.",
            _module(join=lambda parts: _side_by_side([parts[3], *parts[:3]])),
        ),
    ),
)
