"""Separable: checks of depthwise_separable and of the count of its multiplications."""

from torch import Tensor

from dlcourse.checks.convolution.layers import LIBRARY
from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.nn import variants as reference
from dlcourse.nn.convolution import conv2d, multiplications_conv

from .channels import conv1x1, grouped_conv2d

__all__ = ["depthwise_separable", "multiplications"]


# depthwise_separable


def _separable(
    x: Tensor,
    depthwise_weight: Tensor,
    pointwise_weight: Tensor,
    bias: Tensor,
    **options: int,
) -> Tensor:
    return reference.depthwise_separable(
        x, depthwise_weight, pointwise_weight[:, :, None, None], bias, **options
    )


def _pointwise_first(
    x: Tensor,
    depthwise_weight: Tensor,
    pointwise_weight: Tensor,
    bias: Tensor,
    **options: int,
) -> Tensor:
    mixed = reference.linear_per_pixel(x, pointwise_weight, bias)
    return reference.depthwise_conv2d(mixed, depthwise_weight, **options)


def _rectified_between(
    x: Tensor,
    depthwise_weight: Tensor,
    pointwise_weight: Tensor,
    bias: Tensor,
    **options: int,
) -> Tensor:
    spread = reference.depthwise_conv2d(x, depthwise_weight, **options).relu()
    return reference.linear_per_pixel(spread, pointwise_weight, bias)


def _options_twice(
    x: Tensor,
    depthwise_weight: Tensor,
    pointwise_weight: Tensor,
    bias: Tensor,
    **options: int,
) -> Tensor:
    spread = reference.depthwise_conv2d(x, depthwise_weight, **options)
    return conv2d(spread, pointwise_weight[:, :, None, None], bias, **options)


def _draw_separable(draw: Draw) -> Case:
    # As many channels out as in: only then can the two steps be exchanged unnoticed.
    channels = draw.integer(2, 4)
    kernel = draw.integer(2, 3), draw.integer(2, 3)
    return Case(
        {
            "x": draw.tensor(draw.integer(1, 3), channels, draw.side(5), draw.side(6)),
            "depthwise_weight": draw.tensor(channels, 1, *kernel),
            "pointwise_weight": draw.tensor(channels, channels),
            "bias": draw.tensor(channels),
            "stride": draw.integer(1, 2),
            "padding": draw.integer(0, 2),
        }
    )


depthwise_separable = Check(
    task="depthwise_separable",
    draw=_draw_separable,
    reference=_separable,
    mistakes=(
        Mistake(
            "pointwise comes before depthwise",
            "First every channel is convolved by itself, then the channels of a pixel are mixed.",
            _pointwise_first,
        ),
        Mistake(
            "all channels share the first depthwise kernel",
            "Channel c has the kernel depthwise_weight[c]: as many groups as channels.",
            lambda depthwise_weight, **rest: _separable(
                depthwise_weight=depthwise_weight[:1].expand_as(depthwise_weight),
                **rest,
            ),
        ),
        Mistake(
            "the pointwise weight is transposed",
            "Its rows are the channels out and its columns the channels in.",
            lambda pointwise_weight, **rest: _separable(
                pointwise_weight=pointwise_weight.mT, **rest
            ),
        ),
        Mistake(
            "stride and padding are used in both steps",
            "They belong to the depthwise step; the pointwise one visits every pixel it is given.",
            _options_twice,
        ),
        Mistake(
            "there is a ReLU between the two steps",
            "Networks often put one there; this function is the two convolutions alone.",
            _rectified_between,
        ),
        Mistake(
            "the bias is missing",
            "Each output channel has one; it is added once, at the end.",
            lambda bias, **rest: _separable(bias=0 * bias, **rest),
        ),
    ),
    builds_on=(conv1x1, grouped_conv2d),
    forbidden=LIBRARY,
    lends=("dlcourse.nn.convolution",),
)


# multiplications


def _both(
    in_channels: int, out_channels: int, kernel_size: int, height: int, width: int
) -> tuple[int, int, int]:
    """Count the ordinary convolution and the two steps, for an output of that size."""
    # Any image will do that has so many windows.
    image = height + kernel_size - 1, width + kernel_size - 1
    sizes = in_channels, out_channels, kernel_size, image
    return multiplications_conv(*sizes), *reference.multiplications_separable(*sizes)


def _count(**sizes: int) -> tuple[int, int]:
    ordinary, depthwise, pointwise = _both(**sizes)
    return ordinary, depthwise + pointwise


def _count_kernel_side(kernel_size: int, **sizes: int) -> tuple[int, int]:
    """Count a kernel of k entries instead of k times k."""
    ordinary, depthwise, pointwise = _both(kernel_size=kernel_size, **sizes)
    return ordinary // kernel_size, depthwise // kernel_size + pointwise


def _draw_sizes(draw: Draw) -> Case:
    most = 400 if draw.hard else 40
    return Case(
        {
            "in_channels": draw.integer(2, most),
            "out_channels": draw.integer(2, most),
            "kernel_size": draw.integer(2, 7),
            "height": draw.integer(2, most),
            "width": draw.integer(2, most),
        }
    )


multiplications = Check(
    task="multiplications",
    draw=_draw_sizes,
    reference=_count,
    mistakes=(
        Mistake(
            "the pointwise step is not counted",
            "Mixing the channels multiplies too: once for every pair of channels at every pixel.",
            lambda **sizes: _both(**sizes)[:2],
        ),
        Mistake(
            "the depthwise step is counted for every channel out",
            "It makes one picture of every channel in, and the channels out share them.",
            lambda out_channels, **sizes: (
                _both(out_channels=out_channels, **sizes)[0],
                _both(out_channels=out_channels, **sizes)[1] * out_channels
                + _both(out_channels=out_channels, **sizes)[2],
            ),
        ),
        Mistake(
            "the two steps are multiplied",
            "One comes after the other, so their costs add up.",
            lambda **sizes: (
                _both(**sizes)[0],
                _both(**sizes)[1] * _both(**sizes)[2],
            ),
        ),
        Mistake(
            "a kernel is counted with as many entries as one of its sides",
            "It has kernel_size times kernel_size entries.",
            _count_kernel_side,
        ),
        Mistake(
            "the weights are counted instead of the multiplications",
            "Every weight is used once at every pixel of the output.",
            lambda height, width, **sizes: _count(height=1, width=1, **sizes),
        ),
    ),
    cases=16,
    lends=("dlcourse.nn.convolution",),
)
