"""Sample: the same standardization within one sample, over all its channels or groups of them.

Batch normalization makes the samples of a batch depend on each other, which fails where batches are
small or samples must not mix. Here every sample is its own measure, so there are no running
averages, and training and evaluation are the same.

Axes:   b batch, c channels, g groups, sides any number of them
Paper:  Ba, Kiros & Hinton 2016, "Layer normalization"; Wu & He 2018, "Group normalization"
Torch:  torch.nn.functional.layer_norm, group_norm
"""

from collections.abc import Sequence
from math import prod

import torch
from jaxtyping import Float
from torch import Tensor

from .refusals import refuse_axes, refuse_groups, refuse_sizes, refuse_types
from .standardize import standardize

__all__ = ["group_norm", "layer_norm"]


def layer_norm(
    input: Float[Tensor, "*shape"],
    normalized_shape: Sequence[int],
    weight: Float[Tensor, "*normalized"] | None = None,
    bias: Float[Tensor, "*normalized"] | None = None,
    eps: float = 1e-5,
) -> Float[Tensor, "*shape"]:
    """Standardize over the last axes together, then scale and shift each of their entries.

    ``y = weight (x - mean) / sqrt(variance + eps) + bias``, with the moments of the last
    ``len(normalized_shape)`` axes, whose sizes ``normalized_shape`` repeats.

    Raises:
        TypeError: if a tensor is not floating point, or the types differ.
        ValueError: if the input does not end in ``normalized_shape``, or weight or bias has
            another shape.

    >>> layer_norm(torch.tensor([1.0, 3.0, 3.0, 1.0]), (4,), eps=0.0).tolist()
    [-1.0, 1.0, 1.0, -1.0]
    """
    refuse_types(input, weight=weight, bias=bias)
    ending = tuple(normalized_shape)
    if not ending or input.shape[-len(ending) :] != ending:
        raise ValueError(
            f"input has shape {tuple(input.shape)}; it must end in normalized_shape {ending}"
        )
    for name, tensor in (("weight", weight), ("bias", bias)):
        if tensor is not None and tensor.shape != ending:
            raise ValueError(
                f"{name} has shape {tuple(tensor.shape)}; normalized_shape is {ending}"
            )
    return _affine(_each_run(input, prod(ending), eps), weight, bias)


def group_norm(
    input: Float[Tensor, "b c *sides"],
    num_groups: int,
    weight: Float[Tensor, "c"] | None = None,
    bias: Float[Tensor, "c"] | None = None,
    eps: float = 1e-5,
) -> Float[Tensor, "b c *sides"]:
    """Standardize each group of neighbouring channels of each sample, then scale each channel.

    ``y = weight (x - mean) / sqrt(variance + eps) + bias``, with the moments over the ``c / g``
    channels of a group and all their places. One group takes the whole sample, as layer
    normalization does; ``c`` groups take each channel alone, as instance normalization does.

    Raises:
        TypeError: if a tensor is not floating point, or the types differ.
        ValueError: if ``num_groups`` does not divide the channels, or the shapes do not belong
            together.

    >>> x = torch.tensor([[[1.0, 1.0], [3.0, 3.0], [0.0, 0.0], [8.0, 8.0]]])
    >>> group_norm(x, num_groups=2, eps=0.0).tolist()
    [[[-1.0, -1.0], [1.0, 1.0], [-1.0, -1.0], [1.0, 1.0]]]
    """
    refuse_types(input, weight=weight, bias=bias)
    refuse_axes(input, least=2)
    channels, sides = input.shape[1], input.shape[2:]
    refuse_groups(channels, num_groups)
    refuse_sizes(channels, weight=weight, bias=bias)
    per_channel = (channels, *(1 for _ in sides))
    return _affine(
        _each_run(input, channels // num_groups * prod(sides), eps),
        None if weight is None else weight.view(per_channel),
        None if bias is None else bias.view(per_channel),
    )


def _each_run(input: Tensor, length: int, eps: float) -> Tensor:
    """Standardize each run of ``length`` values that lie next to each other in memory."""
    runs = input.reshape(1, -1, length)  # a run takes the place of a channel
    return standardize(runs, eps=eps)[0].view(input.shape)


def _affine(y: Tensor, weight: Tensor | None, bias: Tensor | None) -> Tensor:
    if weight is None:
        return y if bias is None else y + bias
    return y * weight if bias is None else torch.addcmul(bias, y, weight)
