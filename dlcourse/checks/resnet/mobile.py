"""Mobile: checks of separable_block and inverted_residual, from MobileNet v1 and v2."""

from collections.abc import Callable

from torch import Tensor, relu
from torch.nn.functional import conv2d, relu6

from dlcourse.checks.judging import Case, Check, Draw, Mistake

from .maps import conv_same, draw_map, draw_weight

__all__ = ["inverted_residual", "separable_block"]


def _linear(x: Tensor) -> Tensor:
    return x


def _depthwise(x: Tensor, weight: Tensor, stride: int = 1) -> Tensor:
    return conv_same(x, weight, stride, groups=len(weight))


# separable_block


def _separable(
    between: Callable[[Tensor], Tensor] = relu,
    after: Callable[[Tensor], Tensor] = relu,
    spread: Callable[[Tensor, Tensor, int], Tensor] = _depthwise,
) -> Callable[..., Tensor]:
    """Make a block with given activations and depthwise step."""

    def function(
        x: Tensor, depthwise: Tensor, pointwise: Tensor, stride: int = 1
    ) -> Tensor:
        return after(conv2d(between(spread(x, depthwise, stride)), pointwise))

    return function


def _pointwise_first(
    x: Tensor, depthwise: Tensor, pointwise: Tensor, stride: int = 1
) -> Tensor:
    return relu(_depthwise(relu(conv2d(x, pointwise)), depthwise, stride))


def _with_input(x: Tensor, **rest: Tensor | int) -> Tensor:
    y = _separable()(x, **rest)
    return y + x if y.shape == x.shape else y


def _unpadded(x: Tensor, weight: Tensor, stride: int) -> Tensor:
    return conv2d(x, weight, stride=stride, groups=len(weight))


def _draw_separable(draw: Draw) -> Case:
    # As many channels out as in: only then can the two steps be exchanged unnoticed.
    channels = draw.integer(2, 5)
    return Case(
        {
            "x": 6 * draw_map(draw, channels),  # so that ReLU6 would cut some
            "depthwise": 2 * draw_weight(draw, channels, 1, 3),
            "pointwise": draw_weight(draw, channels, channels, 1),
            "stride": draw.integer(1, 2),
        }
    )


separable_block = Check(
    task="separable_block",
    draw=_draw_separable,
    reference=_separable(),
    mistakes=(
        Mistake(
            "the ReLU between the two steps is missing",
            "In MobileNet each of the two convolutions is followed by a ReLU.",
            _separable(between=_linear),
        ),
        Mistake(
            "the last ReLU is missing",
            "In MobileNet each of the two convolutions is followed by a ReLU.",
            _separable(after=_linear),
        ),
        Mistake(
            "both ReLUs are missing",
            "In MobileNet each of the two convolutions is followed by a ReLU.",
            _separable(between=_linear, after=_linear),
        ),
        Mistake(
            "the ReLUs are ReLU6",
            "ReLU6 comes with the inverted residual; here the values are not cut at 6.",
            _separable(between=relu6, after=relu6),
        ),
        Mistake(
            "the pointwise step comes first",
            "First each channel is convolved by itself, then the channels of a pixel are mixed.",
            _pointwise_first,
        ),
        Mistake(
            "all channels share the first depthwise kernel",
            "Each channel has a kernel of its own: groups is the number of channels.",
            _separable(
                spread=lambda x, weight, stride: _depthwise(
                    x, weight[:1].expand_as(weight), stride
                )
            ),
        ),
        Mistake(
            "both steps have the stride",
            "The depthwise step has it; the pointwise one sees every pixel of the smaller map.",
            lambda x, depthwise, pointwise, stride=1: relu(
                conv2d(relu(_depthwise(x, depthwise, stride)), pointwise, stride=stride)
            ),
        ),
        Mistake(
            "the depthwise step has no padding",
            "At stride 1 the map keeps its size: one cell of padding for a kernel of 3x3.",
            _separable(spread=_unpadded),
        ),
        Mistake(
            "the input is added",
            "There is no shortcut yet; it comes with the inverted residual.",
            _with_input,
        ),
    ),
)


# inverted_residual


def _inverted(
    expanded: Callable[[Tensor], Tensor] = relu6,
    spread: Callable[[Tensor], Tensor] = relu6,
    projected: Callable[[Tensor], Tensor] = _linear,
    after: Callable[[Tensor], Tensor] = _linear,
    past: Callable[[Tensor], Tensor | float] = _linear,
    strides: Callable[[int], tuple[int, int]] = lambda stride: (1, stride),
) -> Callable[..., Tensor]:
    """Make a block with given activations, path past the layers and places of the stride."""

    def function(
        x: Tensor, expand: Tensor, depthwise: Tensor, project: Tensor, stride: int = 1
    ) -> Tensor:
        first, second = strides(stride)
        wide = expanded(conv2d(x, expand, stride=first))
        wide = spread(_depthwise(wide, depthwise, second))
        y = projected(conv2d(wide, project))
        return after(y + past(x) if y.shape == x.shape else y)

    return function


def _draw_inverted(draw: Draw) -> Case:
    channels, factor = draw.integer(2, 3), draw.integer(2, 4)
    out = channels + draw.integer(0, 1) * draw.integer(1, 2)
    wide = factor * channels
    return Case(
        {
            "x": 6 * draw_map(draw, channels),  # so that ReLU6 cuts some
            "expand": draw_weight(draw, wide, channels, 1),
            "depthwise": 2 * draw_weight(draw, wide, 1, 3),
            "project": draw_weight(draw, out, wide, 1),
            "stride": draw.integer(1, 2),
        }
    )


inverted_residual = Check(
    task="inverted_residual",
    draw=_draw_inverted,
    reference=_inverted(),
    mistakes=(
        Mistake(
            "there is a ReLU6 after the linear bottleneck",
            "In few channels a ReLU loses what it cuts. The projection is linear.",
            _inverted(projected=relu6),
        ),
        Mistake(
            "there is a ReLU after the linear bottleneck",
            "In few channels a ReLU loses what it cuts. The projection is linear.",
            _inverted(projected=relu),
        ),
        Mistake(
            "there is a ReLU6 after the addition",
            "The bottleneck is linear, with its shortcut or without.",
            _inverted(after=relu6),
        ),
        Mistake(
            "the activations are ReLU and not ReLU6",
            "Both activations cut at 0 and at 6.",
            _inverted(expanded=relu, spread=relu),
        ),
        Mistake(
            "the activation after the expansion is missing",
            "Both wide layers are followed by a ReLU6.",
            _inverted(expanded=_linear),
        ),
        Mistake(
            "the activation after the depthwise step is missing",
            "Both wide layers are followed by a ReLU6.",
            _inverted(spread=_linear),
        ),
        Mistake(
            "the shortcut is missing",
            "Where stride is 1 and as many channels leave as enter, x is added.",
            _inverted(past=lambda x: 0.0),
        ),
        Mistake(
            "the expansion has the stride",
            "The depthwise step has it; the expansion sees every pixel.",
            _inverted(strides=lambda stride: (stride, 1)),
        ),
    ),
    cases=12,
)
