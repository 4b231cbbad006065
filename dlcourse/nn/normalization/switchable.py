"""Switchable: a mixture of instance, layer and batch moments, whose shares are learned.

Which axes to average over depends on the task and on the batch size. Switchable normalization takes
all three answers and lets the gradient weigh them, apart for the mean and for the variance.

Axes:   b batch, c channels, sides at least one; the three shares stand in the order instance,
        layer, batch
Paper:  Luo, Ren, Peng, Zhang & Li 2019, "Differentiable learning-to-normalize via switchable
        normalization"
Torch:  none
"""

from math import prod

from jaxtyping import Float
from torch import Tensor

from .refusals import (
    refuse_axes,
    refuse_lone_values,
    refuse_no_averages,
    refuse_sizes,
    refuse_types,
)
from .running import follow

__all__ = ["switchable_norm"]


def switchable_norm(
    input: Float[Tensor, "b c *sides"],
    running_mean: Float[Tensor, "c"] | None,
    running_var: Float[Tensor, "c"] | None,
    mean_weight: Float[Tensor, "3"],
    var_weight: Float[Tensor, "3"],
    weight: Float[Tensor, "c"] | None = None,
    bias: Float[Tensor, "c"] | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
) -> Float[Tensor, "b c *sides"]:
    """Standardize by weighted sums of the instance, layer and batch moments.

    ``mean = sum over k of softmax(mean_weight)[k] mean_k``, the variance alike with ``var_weight``.
    The layer and batch moments follow from the instance ones: a mean of means, and a mean of
    variances plus the variance of the means.

    Args:
        input: feature maps.
        running_mean: the batch mean's running average, changed in place as in ``batch_norm``.
        running_var: the batch variance's, changed alike.
        mean_weight: the logits of the three shares of the mean.
        var_weight: the logits of the three shares of the variance.
        weight: scale of each channel, 1 if left out.
        bias: shift of each channel, 0 if left out.
        training: whether the batch at hand gives the batch moments.
        momentum: share of the new batch in the running averages.
        eps: added to the variance.

    Raises:
        TypeError, ValueError: as ``batch_norm``.

    >>> x = torch.tensor([[[1.0, 3.0], [0.0, 8.0]]])
    >>> instance_only = torch.tensor([99.0, 0.0, 0.0])
    >>> settings = {"training": True, "eps": 0.0}
    >>> switchable_norm(x, None, None, instance_only, instance_only, **settings).tolist()
    [[[-1.0, 1.0], [-1.0, 1.0]]]
    """
    running = {"running_mean": running_mean, "running_var": running_var}
    own = {"weight": weight, "bias": bias}
    refuse_types(
        input, **running, **own, mean_weight=mean_weight, var_weight=var_weight
    )
    refuse_axes(input, least=3)
    samples, channels, *sides = input.shape
    refuse_sizes(channels, **running, **own)
    block = input.reshape(samples, channels, prod(sides))  # b c s
    instance = _moments(block, axis=2)  # b c 1
    layer = _pooled(*instance, axis=1)  # b 1 1
    if training:
        count = samples * prod(sides)
        refuse_lone_values("per channel", input, count)
        batch = _pooled(*instance, axis=0)  # 1 c 1
        flat = (moment.detach().flatten() for moment in batch)
        follow(running_mean, running_var, *flat, count=count, momentum=momentum)
    else:
        refuse_no_averages(**running)
        batch = running_mean[:, None], running_var[:, None]  # c 1
    means, variances = zip(instance, layer, batch, strict=True)
    mean, variance = _mixed(mean_weight, means), _mixed(var_weight, variances)
    y = (block - mean) * (variance + eps).rsqrt()
    if weight is not None:
        y = y * weight[:, None]
    if bias is not None:
        y = y + bias[:, None]
    return y.view(input.shape)


def _moments(x: Tensor, axis: int) -> tuple[Tensor, Tensor]:
    return x.mean(axis, keepdim=True), x.var(axis, correction=0, keepdim=True)


def _pooled(mean: Tensor, variance: Tensor, axis: int) -> tuple[Tensor, Tensor]:
    """Moments of many equal parts together: within the parts, and between them."""
    pooled_mean, between = _moments(mean, axis)
    return pooled_mean, variance.mean(axis, keepdim=True) + between


def _mixed(logits: Tensor, moments: tuple[Tensor, ...]) -> Tensor:
    shares = logits.softmax(dim=0)
    return sum(share * moment for share, moment in zip(shares, moments, strict=True))
