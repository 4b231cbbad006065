"""Batch: each channel standardized over all samples of the batch and all their places.

A layer's outputs change in scale as the weights below it move. Batch normalization measures mean
and variance of the batch at hand, removes both, and leaves a scale and a shift to be learned.

Axes:   b batch, c channels, sides any number of them
Paper:  Ioffe & Szegedy 2015, "Batch normalization: accelerating deep network training by reducing
        internal covariate shift"
Torch:  torch.nn.functional.batch_norm
"""

from math import prod

import torch
from jaxtyping import Float
from torch import Tensor

from .refusals import (
    refuse_axes,
    refuse_lone_values,
    refuse_no_averages,
    refuse_sizes,
    refuse_types,
)
from .running import affine, follow
from .standardize import standardize

__all__ = ["batch_norm"]


def batch_norm(
    input: Float[Tensor, "b c *sides"],
    running_mean: Float[Tensor, "c"] | None,
    running_var: Float[Tensor, "c"] | None,
    weight: Float[Tensor, "c"] | None = None,
    bias: Float[Tensor, "c"] | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Float[Tensor, "b c *sides"]:
    """Standardize each channel: by the batch's moments in training, by the running ones otherwise.

    ``y = weight (x - mean) / sqrt(variance + eps) + bias``, with the variance that divides by the
    number of values. In training, the running averages then move by
    ``running += momentum (batch - running)``, with the variance that divides by one less.

    Args:
        input: feature maps, or vectors if there are no sides.
        running_mean: the running average of the mean. In training it and the next are changed in
            place, against the package's rule and as in torch: the averages have to outlive the
            call, in the very tensors that a module's ``state_dict`` names.
        running_var: the running average of the variance.
        weight: scale of each channel, 1 if left out.
        bias: shift of each channel, 0 if left out.
        training: whether the batch at hand gives the moments.
        momentum: share of the new batch in the running averages; the old ones keep the rest.
        eps: added to the variance, so that a constant channel does not divide by 0.

    Raises:
        TypeError: if a tensor is not floating point, or the types differ.
        ValueError: if the shapes do not belong together, the running averages are missing where
            they are needed, or a channel has a single value to take a variance of.

    >>> x = torch.tensor([[1.0], [3.0]])
    >>> mean, variance = torch.zeros(1), torch.ones(1)
    >>> batch_norm(x, mean, variance, training=True, momentum=0.5, eps=0.0).tolist()
    [[-1.0], [1.0]]
    >>> mean.item(), variance.item()
    (1.0, 1.5)
    """
    running = {"running_mean": running_mean, "running_var": running_var}
    own = {"weight": weight, "bias": bias}
    refuse_types(input, **running, **own)
    refuse_axes(input, least=2)
    samples, channels, *sides = input.shape
    refuse_sizes(channels, **running, **own)
    block = input.reshape(samples, channels, prod(sides))  # b c s
    if not training:
        refuse_no_averages(**running)
        scale, shift = affine(**running, **own, eps=eps)
        return torch.addcmul(shift[:, None], block, scale[:, None]).view(input.shape)
    count = samples * prod(sides)
    refuse_lone_values("per channel", input, count)
    y, mean, variance = standardize(block, weight, bias, eps)
    follow(**running, mean=mean, variance=variance, count=count, momentum=momentum)
    return y.view(input.shape)
