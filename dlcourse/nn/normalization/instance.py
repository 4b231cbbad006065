"""Instance: each channel of each sample standardized over its places alone.

Mean and variance of a channel over one image say how bright and how contrasted it is. To remove
them removes much of a picture's style and keeps its content, which is why style transfer uses it.

Axes:   b batch, c channels, sides at least one
Paper:  Ulyanov, Vedaldi & Lempitsky 2016, "Instance normalization: the missing ingredient for fast
        stylization"
Torch:  torch.nn.functional.instance_norm
"""

from math import prod

from jaxtyping import Float
from torch import Tensor

from .batch import batch_norm
from .refusals import refuse_axes, refuse_lone_values, refuse_sizes, refuse_types

__all__ = ["instance_norm"]


def instance_norm(
    input: Float[Tensor, "b c *sides"],
    running_mean: Float[Tensor, "c"] | None = None,
    running_var: Float[Tensor, "c"] | None = None,
    weight: Float[Tensor, "c"] | None = None,
    bias: Float[Tensor, "c"] | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Float[Tensor, "b c *sides"]:
    """Standardize each channel of each sample over its places, then scale and shift each channel.

    It is :func:`~dlcourse.nn.normalization.batch_norm` of one sample with ``b c`` channels. Running
    averages are rarely kept; those that are follow the average over the samples, and are changed in
    place like those of ``batch_norm``.

    Args:
        input: feature maps.
        running_mean: one number a channel, if kept.
        running_var: alike.
        weight: scale of each channel, 1 if left out.
        bias: shift of each channel, 0 if left out.
        use_input_stats: whether the input gives the moments, or else the running averages.
        momentum: share of the new samples in the running averages.
        eps: added to the variance.

    Raises:
        TypeError, ValueError: as ``batch_norm``.

    >>> x = torch.tensor([[[1.0, 3.0, 3.0, 1.0], [0.0, 8.0, 8.0, 0.0]]])
    >>> instance_norm(x, eps=0.0).tolist()
    [[[-1.0, 1.0, 1.0, -1.0], [-1.0, 1.0, 1.0, -1.0]]]
    """
    per_channel = (running_mean, running_var, weight, bias)
    names = ("running_mean", "running_var", "weight", "bias")
    named = dict(zip(names, per_channel, strict=True))
    refuse_types(input, **named)
    refuse_axes(input, least=3)
    samples, channels, *sides = input.shape
    refuse_sizes(channels, **named)
    if use_input_stats:
        refuse_lone_values("per channel and sample", input, prod(sides))
    repeated = [None if t is None else t.repeat(samples) for t in per_channel]
    flat = input.reshape(1, samples * channels, *sides)
    y = batch_norm(flat, *repeated, use_input_stats, momentum, eps)
    if use_input_stats:
        for running, instances in zip(per_channel[:2], repeated[:2], strict=True):
            if running is not None:
                running.copy_(instances.view(samples, channels).mean(dim=0))
    return y.view(input.shape)
