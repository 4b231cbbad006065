"""Layers: feature maps and parameters for the checks, and what they forbid."""

from collections.abc import Callable, Sequence

from torch import Tensor

from dlcourse.checks.judging import Draw

__all__ = [
    "LIBRARY",
    "draw_averages",
    "draw_layer",
    "of_x",
    "per_channel",
    "standardized",
]

LIBRARY = (
    "native_batch_norm",
    "_native_batch_norm_legit",
    "_batch_norm_with_update",
    "cudnn_batch_norm",
    "native_batch_norm_backward",
    "native_layer_norm",
    "native_layer_norm_backward",
    "native_group_norm",
    "native_group_norm_backward",
)
"""ATen's names of what F.batch_norm and its relatives run, and their gradients."""


def of_x(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
    """Let a function of the package, whose first argument torch calls ``input``, take ``x``."""
    return lambda x, *others, **rest: function(x, *others, **rest)


def per_channel(tensor: Tensor) -> Tensor:
    """Lay one number a channel along the channels of a batch of images."""
    return tensor[:, None, None]


def standardized(
    x: Tensor, axes: Sequence[int], eps: float, correction: int = 0
) -> Tensor:
    """Remove mean and variance over any axes: the right ones, or those of a mistake."""
    variance = x.var(dim=tuple(axes), correction=correction, keepdim=True)
    return (x - x.mean(dim=tuple(axes), keepdim=True)) / (variance + eps).sqrt()


def draw_layer(draw: Draw, channels: int | None = None) -> dict:
    """Draw feature maps with a scale and a shift of their own in each channel.

    They are as wide as they have channels, so that a weight laid along the wrong axis gives a wrong
    value, which can be named, and not a shape that does not fit.
    """
    channels = draw.integer(3, 5) if channels is None else channels
    shape = draw.integer(2, 4), channels, draw.side(5), channels
    scale, shift = draw.tensor(channels, 1, 1).exp(), draw.tensor(channels, 1, 1)
    return {
        "x": draw.tensor(*shape) * scale + shift,
        "weight": draw.tensor(channels),
        "bias": draw.tensor(channels),
        "eps": 10.0 ** -draw.integer(1, 4),
    }


def draw_averages(draw: Draw, channels: int) -> dict:
    """Draw running averages, such as another batch may have left."""
    return {
        "running_mean": draw.tensor(channels),
        "running_var": draw.tensor(channels).square() + 0.1,
    }
