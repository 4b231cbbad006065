"""Dense: the check of dense_block, whose layers read everything before them."""

from collections.abc import Callable

import torch
from torch import Tensor, relu

from dlcourse.checks.judging import Case, Check, Draw, Mistake

from .maps import conv_same, draw_map, draw_weight

__all__ = ["dense_block"]


def _linear(x: Tensor) -> Tensor:
    return x


def _block(
    before: Callable[[Tensor], Tensor] = relu,
    after: Callable[[Tensor], Tensor] = _linear,
    join: Callable[[Tensor, Tensor], Tensor] = lambda old, new: torch.cat(
        [old, new], dim=1
    ),
) -> Callable[..., Tensor]:
    """Make a block that activates before or after its convolutions and joins in a given way."""

    def function(
        x: Tensor, weight1: Tensor, weight2: Tensor, weight3: Tensor
    ) -> Tensor:
        for weight in (weight1, weight2, weight3):
            x = join(x, after(conv_same(before(x), weight)))
        return x

    return function


_right = _block()


def _rectified_on(x: Tensor, **weights: Tensor) -> Tensor:
    """Hand on, and give out, what went through the ReLU."""
    for weight in weights.values():
        ready = relu(x)
        x = torch.cat([ready, conv_same(ready, weight)], dim=1)
    return x


def _last_only(x: Tensor, weight1: Tensor, weight2: Tensor, weight3: Tensor) -> Tensor:
    """Feed each layer the last map alone, through the part of its weight that belongs to it."""
    maps = [x]
    for weight in (weight1, weight2, weight3):
        fed = relu(maps[-1])
        maps.append(conv_same(fed, weight[:, -fed.shape[1] :]))
    return torch.cat(maps, dim=1)


def _draw_dense(draw: Draw) -> Case:
    channels, growth = draw.integer(2, 4), draw.integer(1, 3)
    weights = {
        f"weight{n + 1}": draw_weight(draw, growth, channels + n * growth, 3)
        for n in range(3)
    }
    return Case({"x": draw_map(draw, channels), **weights})


dense_block = Check(
    task="dense_block",
    draw=_draw_dense,
    reference=_right,
    mistakes=(
        Mistake(
            "each layer is fed the last map only",
            "A dense layer reads x and the maps of all layers before it.",
            _last_only,
        ),
        Mistake(
            "the newest maps come first",
            "Append what is new behind what is there; the weights expect that order.",
            _block(join=lambda old, new: torch.cat([new, old], dim=1)),
        ),
        Mistake(
            "the input is not part of the result",
            "The block hands on x too, followed by the new maps.",
            lambda x, **weights: _right(x, **weights)[:, x.shape[1] :],
        ),
        Mistake(
            "only the last layer's maps are returned",
            "The block hands on everything: x and the maps of all its layers.",
            lambda x, weight3, **rest: _right(x, weight3=weight3, **rest)[
                :, -weight3.shape[0] :
            ],
        ),
        Mistake(
            "the ReLUs are missing",
            "Each layer takes the ReLU of what it reads, then convolves.",
            _block(before=_linear),
        ),
        Mistake(
            "the ReLU comes after the convolution",
            "The order is ReLU, then convolution.",
            _block(before=_linear, after=relu),
        ),
        Mistake(
            "the maps are handed on after the ReLU",
            "The ReLU belongs to the layer that reads. What is kept is kept as it came.",
            _rectified_on,
        ),
    ),
)
