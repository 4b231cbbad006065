"""Shapes: checks of fans and orthogonal, where all depends on a weight's axes."""

from collections.abc import Callable
from math import prod

import torch
from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.nn.initialization import calculate_fan_in_and_fan_out

__all__ = ["draw_shape", "fans", "orthogonal"]


def draw_shape(draw: Draw) -> tuple[int, ...]:
    """Draw the axes of a weight, linear or convolutional; no two numbers that matter are equal."""
    channels_in = draw.side(2)
    channels_out = channels_in + draw.integer(1, 4)
    kernel = [draw.integer(2, 3), draw.integer(4, 5)][: draw.integer(0, 2)]
    return channels_out, channels_in, *kernel


# fans


fans = Check(
    task="fans",
    draw=lambda draw: Case({"weight": draw.tensor(*draw_shape(draw))}),
    reference=lambda weight: calculate_fan_in_and_fan_out(weight),
    mistakes=(
        Mistake(
            "fan in and fan out are swapped",
            "A weight has its outputs first: its shape is (out, in, ...).",
            lambda weight: calculate_fan_in_and_fan_out(weight)[::-1],
        ),
        Mistake(
            "the area of the kernel is forgotten",
            "One output of a convolution sums over every entry of its kernel, not only over the "
            "channels.",
            lambda weight: (weight.shape[1], weight.shape[0]),
        ),
        Mistake(
            "only one side of the kernel is counted",
            "A kernel has as many entries as the product of all its sides.",
            lambda weight: tuple(
                n * prod(weight.shape[2:3]) for n in weight.shape[1::-1]
            ),
        ),
        Mistake(
            "fan out counts all entries of the weight",
            "An input reaches every output channel once for each entry of the kernel; the other "
            "inputs have connections of their own.",
            lambda weight: (prod(weight.shape[1:]), weight.numel()),
        ),
    ),
    cases=16,
)


# orthogonal


def _signed(tall: Tensor) -> Tensor:
    q, r = torch.linalg.qr(tall)
    return q * r.diagonal().sign()


def _stretched(tall: Tensor) -> Tensor:
    q, r = torch.linalg.qr(tall)
    return q * r.diagonal()


def _tall(noise: Tensor) -> Tensor:
    return noise.T if noise.shape[0] < noise.shape[1] else noise


def _by(method: Callable[[Tensor], Tensor]) -> Callable[[Tensor], Tensor]:
    """Turn a wide matrix, apply a method for tall ones, and turn back."""
    return lambda noise: (
        method(noise.T).T if noise.shape[0] < noise.shape[1] else method(noise)
    )


def _draw_noise(draw: Draw) -> Case:
    short = draw.side(1)
    sides = [short, short + draw.integer(1, 4)]
    if draw.integer(0, 1):
        sides.reverse()
    return Case({"noise": draw.tensor(*sides)})


orthogonal = Check(
    task="orthogonal",
    draw=_draw_noise,
    reference=_by(_signed),
    mistakes=(
        Mistake(
            "a wide matrix is decomposed as it is",
            "QR makes columns perpendicular, and a wide matrix has more of them than fit. "
            "Decompose its transpose.",
            lambda noise: _signed(noise),
        ),
        Mistake(
            "a wide matrix is not turned back",
            "Its transpose was decomposed, so Q is transposed too; the result has the shape of "
            "the noise.",
            lambda noise: _signed(_tall(noise)),
        ),
        Mistake(
            "the signs of R are left out",
            "The result is orthogonal, but the routine chose its signs. Multiply each column of Q "
            "by the sign of R's diagonal entry.",
            _by(lambda tall: torch.linalg.qr(tall)[0]),
        ),
        Mistake(
            "the columns are multiplied by R's diagonal itself",
            "That changes their length, which was 1. Only the sign is wanted.",
            _by(_stretched),
        ),
        Mistake(
            "the rows have length 1 but are not perpendicular",
            "Dividing by the norm does half of the work; the QR decomposition does both halves.",
            lambda noise: noise / noise.norm(dim=1, keepdim=True),
        ),
    ),
    cases=16,
)
