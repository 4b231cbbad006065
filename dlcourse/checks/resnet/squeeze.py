"""Squeeze: the check of squeeze_excitation, which weighs the channels of an image."""

from collections.abc import Callable

import torch
from torch import Tensor, relu
from torch.nn.functional import linear

from dlcourse.checks.judging import Case, Check, Draw, Mistake

__all__ = ["squeeze_excitation"]


def _linear(x: Tensor) -> Tensor:
    return x


def _mean(x: Tensor) -> Tensor:
    return x.mean(dim=(2, 3))


def _scaled(x: Tensor, weights: Tensor) -> Tensor:
    return x * weights[:, :, None, None]


def _excited(
    squeeze: Callable[[Tensor], Tensor] = _mean,
    between: Callable[[Tensor], Tensor] = relu,
    gate: Callable[[Tensor], Tensor] = torch.sigmoid,
    apply: Callable[[Tensor, Tensor], Tensor] = _scaled,
) -> Callable[..., Tensor]:
    """Make a block that squeezes, activates, gates and applies in a given way."""

    def function(
        x: Tensor, weight1: Tensor, bias1: Tensor, weight2: Tensor, bias2: Tensor
    ) -> Tensor:
        hidden = between(linear(squeeze(x), weight1, bias1))
        return apply(x, gate(linear(hidden, weight2, bias2)))

    return function


def _draw_squeeze(draw: Draw) -> Case:
    # As many rows and columns as channels: only then can one axis be taken for another.
    side, hidden = draw.integer(3, 9 if draw.hard else 5), draw.integer(2, 3)
    channels, images = side, draw.integer(2, 3)
    return Case(
        {
            "x": draw.tensor(images, channels, side, side)
            + draw.tensor(images, channels, 1, 1),
            "weight1": draw.tensor(hidden, channels) / 2,
            "bias1": draw.tensor(hidden),
            "weight2": draw.tensor(channels, hidden),
            "bias2": draw.tensor(channels) / 2,
        }
    )


squeeze_excitation = Check(
    task="squeeze_excitation",
    draw=_draw_squeeze,
    reference=_excited(),
    mistakes=(
        Mistake(
            "the excitation has no sigmoid",
            "A weight lies between 0 and 1: the last step before the product is a sigmoid.",
            _excited(gate=_linear),
        ),
        Mistake(
            "the excitation ends in a ReLU",
            "A weight lies between 0 and 1: the last step before the product is a sigmoid.",
            _excited(gate=relu),
        ),
        Mistake(
            "the excitation ends in a softmax",
            "The channels do not compete: each has a sigmoid of its own.",
            _excited(gate=lambda scores: scores.softmax(dim=1)),
        ),
        Mistake(
            "the squeeze goes over channels and height",
            "Axis 0 is the batch and axis 1 the channels. Average over height and width, axes 2 "
            "and 3.",
            _excited(squeeze=lambda x: x.mean(dim=(1, 2))),
        ),
        Mistake(
            "the squeeze goes over channels and width",
            "Axis 0 is the batch and axis 1 the channels. Average over height and width, axes 2 "
            "and 3.",
            _excited(squeeze=lambda x: x.mean(dim=(1, 3))),
        ),
        Mistake(
            "the squeeze goes over the batch as well",
            "Each image weighs its own channels: average over height and width only.",
            _excited(
                squeeze=lambda x: _mean(x).mean(dim=0, keepdim=True).expand(len(x), -1)
            ),
        ),
        Mistake(
            "the squeeze takes the largest value",
            "The squeeze is a mean over height and width.",
            _excited(squeeze=lambda x: x.amax(dim=(2, 3))),
        ),
        Mistake(
            "the squeeze sums instead of averaging",
            "A mean does not depend on the size of the image.",
            _excited(squeeze=lambda x: x.sum(dim=(2, 3))),
        ),
        Mistake(
            "there is no ReLU between the two layers",
            "Two linear layers with nothing between them are one.",
            _excited(between=_linear),
        ),
        Mistake(
            "the weights lie along the width",
            "They belong to the channels: give them the shape (b, c, 1, 1).",
            _excited(apply=lambda x, weights: x * weights[:, None, None, :]),
        ),
        Mistake(
            "the weights lie along the height",
            "They belong to the channels: give them the shape (b, c, 1, 1).",
            _excited(apply=lambda x, weights: x * weights[:, None, :, None]),
        ),
        Mistake(
            "the weights are returned and not the weighted image",
            "Multiply each channel of x by its weight.",
            _excited(apply=lambda x, weights: weights),
        ),
        Mistake(
            "the weights are added",
            "Multiply each channel of x by its weight.",
            _excited(apply=lambda x, weights: x + weights[:, :, None, None]),
        ),
        Mistake(
            "the image is added to its weighted self",
            "What leaves is the weighted image alone.",
            _excited(apply=lambda x, weights: x + _scaled(x, weights)),
        ),
    ),
)
