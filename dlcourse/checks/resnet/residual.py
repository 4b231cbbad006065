"""Residual: checks of residual_block and preactivation_block, both forms of the block."""

from collections.abc import Callable

from torch import Tensor, relu

from dlcourse.checks.judging import Case, Check, Draw, Mistake

from .maps import conv_same, draw_map, draw_weight
from .shortcuts import passed_by, shortcut

__all__ = ["preactivation_block", "residual_block"]


def _linear(x: Tensor) -> Tensor:
    return x


# residual_block


def _block(
    between: Callable[[Tensor], Tensor] = relu,
    before: Callable[[Tensor], Tensor] = _linear,
    after: Callable[[Tensor], Tensor] = relu,
    strides: Callable[[int], tuple[int, int]] = lambda stride: (stride, 1),
    past: Callable[..., Tensor | float] = passed_by,
) -> Callable[..., Tensor]:
    """Make a block with given activations, places of the stride and path past the layers."""

    def function(
        x: Tensor,
        weight1: Tensor,
        weight2: Tensor,
        stride: int = 1,
        shortcut_weight: Tensor | None = None,
    ) -> Tensor:
        first, second = strides(stride)
        residual = conv_same(between(conv_same(x, weight1, first)), weight2, second)
        passing = past(x, weight2.shape[0], stride, shortcut_weight)
        return after(before(residual) + passing)

    return function


def _draw_block(draw: Draw) -> Case:
    channels = draw.integer(2, 4)
    out = channels + draw.integer(0, 3)
    case = {
        "x": draw_map(draw, channels),
        "weight1": draw_weight(draw, out, channels, 3),
        "weight2": draw_weight(draw, out, out, 3),
        "stride": draw.integer(1, 2),
        "shortcut_weight": None,
    }
    if draw.integer(0, 1):
        case["shortcut_weight"] = draw_weight(draw, out, channels, 1)
    return Case(case)


residual_block = Check(
    task="residual_block",
    draw=_draw_block,
    reference=_block(),
    mistakes=(
        Mistake(
            "the ReLU after the addition is left out",
            "The sum goes through a ReLU before it leaves.",
            _block(after=_linear),
        ),
        Mistake(
            "the ReLU comes before the addition",
            "A residual that cannot be negative can only add. Add first, then take the ReLU.",
            _block(before=relu, after=_linear),
        ),
        Mistake(
            "there is a ReLU before the addition as well",
            "The last convolution of the residual is linear, or it could only add.",
            _block(before=relu),
        ),
        Mistake(
            "there is no ReLU between the convolutions",
            "Two convolutions with nothing between them are one.",
            _block(between=_linear),
        ),
        Mistake(
            "the shortcut is missing",
            "That is the plain network. Add what comes past the layers.",
            _block(past=lambda *_: 0.0),
        ),
        Mistake(
            "the second convolution has the stride",
            "The first one has it, and the second works on the smaller map.",
            _block(strides=lambda stride: (1, stride)),
        ),
        Mistake(
            "the shortcut's weight is not used",
            "Where there is a shortcut_weight, hand it to your shortcut.",
            _block(
                past=lambda x, channels, stride, weight: passed_by(x, channels, stride)
            ),
        ),
    ),
    builds_on=(shortcut,),
    cases=12,
)


# preactivation_block


def _second_form(
    first: Callable[[Tensor], Tensor] = relu,
    second: Callable[[Tensor], Tensor] = relu,
    past: Callable[[Tensor], Tensor | float] = _linear,
    after: Callable[[Tensor], Tensor] = _linear,
) -> Callable[..., Tensor]:
    """Make a block with given activations before the convolutions, past them and at the end."""

    def function(x: Tensor, weight1: Tensor, weight2: Tensor) -> Tensor:
        middle = conv_same(first(x), weight1)
        return after(conv_same(second(middle), weight2) + past(x))

    return function


def _convolved_first(x: Tensor, weight1: Tensor, weight2: Tensor) -> Tensor:
    return x + relu(conv_same(relu(conv_same(x, weight1)), weight2))


def _draw_second_form(draw: Draw) -> Case:
    channels = draw.integer(2, 4)
    return Case(
        {
            "x": draw_map(draw, channels),
            "weight1": draw_weight(draw, channels, channels, 3),
            "weight2": draw_weight(draw, channels, channels, 3),
        }
    )


preactivation_block = Check(
    task="preactivation_block",
    draw=_draw_second_form,
    reference=_second_form(),
    mistakes=(
        Mistake(
            "there is a ReLU after the addition",
            "That is the first form. Here nothing stands on the way from block to block.",
            _second_form(after=relu),
        ),
        Mistake(
            "it is the first form of the block",
            "Here each ReLU stands before its convolution, and none after the sum.",
            _second_form(first=_linear, after=relu),
        ),
        Mistake(
            "the shortcut takes x after the ReLU",
            "Only the convolutions get the activated x; the shortcut takes x as it came.",
            _second_form(past=relu),
        ),
        Mistake(
            "each ReLU comes after its convolution",
            "The order is ReLU, convolution, ReLU, convolution.",
            _convolved_first,
        ),
        Mistake(
            "the ReLU before the first convolution is missing",
            "Pre-activation: the block begins with a ReLU.",
            _second_form(first=_linear),
        ),
        Mistake(
            "the ReLU before the second convolution is missing",
            "Two convolutions with nothing between them are one.",
            _second_form(second=_linear),
        ),
        Mistake(
            "the shortcut is missing",
            "Add x to what the convolutions give.",
            _second_form(past=lambda x: 0.0),
        ),
    ),
)
