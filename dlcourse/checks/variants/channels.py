"""Channels: checks of conv1x1 and grouped_conv2d, which choose the channels that meet."""

from torch import Tensor

from dlcourse.checks.convolution.layers import LIBRARY
from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.nn.convolution import conv2d
from dlcourse.nn.variants import linear_per_pixel

__all__ = ["conv1x1", "grouped_conv2d"]


# conv1x1


def _mix_last(x: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """Mix channels that lie on the last axis."""
    return x @ weight.mT + bias


def _reshape_first(x: Tensor) -> Tensor:
    """Call the last axis channels without moving a number."""
    return x.reshape(len(x), *x.shape[2:], x.shape[1])


def _reshape_back(y: Tensor) -> Tensor:
    return y.reshape(len(y), y.shape[3], *y.shape[1:3])


def _draw_pixels(draw: Draw) -> Case:
    channels, filters = draw.integer(2, 4), draw.integer(2, 4)
    return Case(
        {
            "x": draw.tensor(draw.integer(1, 3), channels, draw.side(), draw.side()),
            "weight": draw.tensor(filters, channels),
            "bias": draw.tensor(filters),
        }
    )


conv1x1 = Check(
    task="conv1x1",
    draw=_draw_pixels,
    reference=linear_per_pixel,
    mistakes=(
        Mistake(
            "the channels are brought to the end by reshape",
            "reshape cuts the same row of numbers at other places and mixes the pixels; movedim or "
            "permute moves an axis.",
            lambda x, weight, bias: _mix_last(_reshape_first(x), weight, bias).movedim(
                -1, 1
            ),
        ),
        Mistake(
            "the channels are brought back by reshape",
            "The sums are right and lie at the wrong places: movedim or permute moves an axis.",
            lambda x, weight, bias: _reshape_back(
                _mix_last(x.movedim(1, -1), weight, bias)
            ),
        ),
        Mistake(
            "the channels are moved by reshape, both ways",
            "reshape cuts the same row of numbers at other places and mixes the pixels; movedim or "
            "permute moves an axis.",
            lambda x, weight, bias: _reshape_back(
                _mix_last(_reshape_first(x), weight, bias)
            ),
        ),
        Mistake(
            "the channels are still the last axis",
            "Images are (b, c, h, w): move the channels back to the second place.",
            lambda x, weight, bias: _mix_last(x.movedim(1, -1), weight, bias),
        ),
        Mistake(
            "the bias is missing",
            "Every output channel has a bias of its own; add it to all its pixels.",
            lambda x, weight, bias: linear_per_pixel(x, weight),
        ),
        Mistake(
            "the bias is added once per channel of the input",
            "Add it once, after the sum over channels.",
            lambda x, weight, bias: linear_per_pixel(x, weight, bias * x.shape[1]),
        ),
    ),
    forbidden=LIBRARY,
    lends=("dlcourse.nn.convolution",),
)


# grouped_conv2d


def _grouped(
    x: Tensor, weight: Tensor, groups: int, stride: int, padding: int
) -> Tensor:
    return conv2d(x, weight, None, stride, padding, groups=groups)


def _in_turn(tensor: Tensor, groups: int, dim: int) -> Tensor:
    """Deal an axis out to the groups like cards, and lay the hands side by side."""
    return (
        tensor.unflatten(dim, (-1, groups))
        .transpose(dim, dim + 1)
        .flatten(dim, dim + 1)
    )


def _draw_groups(draw: Draw) -> Case:
    groups, channels, filters = (draw.integer(2, 3) for _ in range(3))
    shape = groups * channels, draw.side(5), draw.side(6)
    kernel = draw.integer(1, 3), draw.integer(2, 3)
    return Case(
        {
            "x": draw.tensor(draw.integer(1, 3), *shape),
            "weight": draw.tensor(groups * filters, channels, *kernel),
            "groups": groups,
            "stride": draw.integer(1, 2),
            "padding": draw.integer(0, 2),
        }
    )


grouped_conv2d = Check(
    task="grouped_conv2d",
    draw=_draw_groups,
    reference=_grouped,
    mistakes=(
        Mistake(
            "the groups mix: every kernel sees the channels of all groups",
            "The kernels of one group meet the channels of that group and no others.",
            lambda x, weight, groups, **options: conv2d(
                x, weight.repeat(1, groups, 1, 1), **options
            ),
        ),
        Mistake(
            "all kernels see the first group of channels",
            "The second group of kernels belongs to the second group of channels.",
            lambda x, weight, groups, **options: conv2d(
                x[:, : weight.shape[1]], weight, **options
            ),
        ),
        Mistake(
            "the channels are dealt out to the groups in turn",
            "Groups are contiguous: the first channels are the first group, and so on.",
            lambda x, weight, groups, **options: _grouped(
                _in_turn(x, groups, dim=1), weight, groups, **options
            ),
        ),
        Mistake(
            "the kernels are dealt out to the groups in turn",
            "Groups are contiguous: the first kernels are those of the first group, and so on.",
            lambda x, weight, groups, **options: _grouped(
                x, _in_turn(weight, groups, dim=0), groups, **options
            ),
        ),
        Mistake(
            "channels and kernels are dealt out to the groups in turn",
            "Groups are contiguous: x.chunk(groups, dim=1) cuts so, x[:, g::groups] does not.",
            lambda x, weight, groups, **options: _grouped(
                _in_turn(x, groups, dim=1),
                _in_turn(weight, groups, dim=0),
                groups,
                **options,
            ),
        ),
        Mistake(
            "the results of the groups alternate",
            "All channels of the first group's result come first: join them with torch.cat.",
            lambda x, weight, groups, **options: _in_turn(
                _grouped(x, weight, groups, **options), len(weight) // groups, dim=1
            ),
        ),
        Mistake(
            "the results of the groups are added",
            "They are different channels of the output; lay them side by side.",
            lambda x, weight, groups, **options: (
                _grouped(x, weight, groups, **options).unflatten(1, (groups, -1)).sum(1)
            ),
        ),
        Mistake(
            "stride and padding are ignored",
            "Hand them on to the convolution of every group.",
            lambda x, weight, groups, stride, padding: _grouped(
                x, weight, groups, 1, 0
            ),
        ),
    ),
    forbidden=LIBRARY,
    lends=("dlcourse.nn.convolution",),
)
