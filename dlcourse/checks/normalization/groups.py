"""Groups: the check of group_norm."""

from collections.abc import Callable

from torch import Tensor

from dlcourse.checks.judging import Case, Check, Draw, Mistake
from dlcourse.nn import normalization as package

from .layers import LIBRARY, draw_layer, of_x, per_channel, standardized

__all__ = ["group_norm"]


_grouped = of_x(package.group_norm)


def _parted(
    x: Tensor,
    parts: tuple[int, int],
    axes: tuple[int, ...],
    eps: float,
    correction: int,
) -> Tensor:
    """Cut the channels in two axes, and standardize over some axes of b, both, h, w."""
    return standardized(x.unflatten(1, parts), axes, eps, correction).flatten(1, 2)


def _over(*axes: int, correction: int = 0) -> Callable[..., Tensor]:
    """Normalize over other axes of b g c/g h w than the right ones."""
    return lambda x, num_groups, weight, bias, eps: (
        _parted(x, (num_groups, -1), axes, eps, correction) * per_channel(weight)
        + per_channel(bias)
    )


def _interleaved(
    x: Tensor, num_groups: int, weight: Tensor, bias: Tensor, eps: float
) -> Tensor:
    """Make a group of every num_groups-th channel."""
    y = _parted(x, (-1, num_groups), (1, 3, 4), eps, 0)
    return y * per_channel(weight) + per_channel(bias)


def _draw_groups(draw: Draw) -> Case:
    # never as many groups as channels in a group: the two must not be swapped unseen
    groups, each = draw.integer(2, 3), draw.integer(4, 5)
    if draw.integer(0, 1):
        groups, each = each, groups
    layer = draw_layer(draw, channels=groups * each)
    return Case({"x": layer.pop("x"), "num_groups": groups, **layer})


group_norm = Check(
    task="group_norm",
    draw=_draw_groups,
    reference=_grouped,
    mistakes=(
        Mistake(
            "the groups mix channels",
            "A group is a run of neighbouring channels: the axis of the groups comes before the "
            "axis of the channels in a group.",
            _interleaved,
        ),
        Mistake(
            "num_groups is taken for the size of a group",
            "There are num_groups groups, of c / num_groups channels each.",
            lambda x, num_groups, **rest: _grouped(x, x.shape[1] // num_groups, **rest),
        ),
        Mistake(
            "the samples are averaged together",
            "Each sample is measured by itself; that is what makes it independent of the batch.",
            _over(0, 2, 3, 4),
        ),
        Mistake(
            "each channel is normalized alone",
            "The channels of a group share mean and variance.",
            _over(3, 4),
        ),
        Mistake(
            "all channels are normalized together",
            "That is one group. Keep the axis of the groups.",
            _over(1, 2, 3, 4),
        ),
        Mistake(
            "the places are not averaged",
            "Height and width belong to the group as well.",
            _over(2),
        ),
        Mistake(
            "the variance divides by n - 1",
            "That is what torch's var does unasked. Divide by n.",
            _over(2, 3, 4, correction=1),
        ),
        Mistake(
            "weight and bias lie along the width",
            "They belong to the channels: give them the shape (c, 1, 1).",
            lambda x, num_groups, weight, bias, eps: (
                _parted(x, (num_groups, -1), (2, 3, 4), eps, 0) * weight + bias
            ),
        ),
        Mistake(
            "weight and bias are missing",
            "Each channel, not each group, has a scale and a shift of its own.",
            lambda x, num_groups, weight, bias, eps: _grouped(x, num_groups, eps=eps),
        ),
    ),
    forbidden=LIBRARY,
)
