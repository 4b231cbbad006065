"""Running: averages that follow the batches' moments, and what a layer becomes once they stand.

A single image has no batch to be measured by, and an answer should not depend on whoever else is in
the batch. So training keeps averages of the moments it saw; with those held fixed, normalization is
one scale and one shift for each channel.

Axes:   c channels
Paper:  Ioffe & Szegedy 2015, "Batch normalization: accelerating deep network training by reducing
        internal covariate shift"
Torch:  inside torch.nn.functional.batch_norm
"""

import torch
from jaxtyping import Float
from torch import Tensor

__all__ = ["affine", "follow"]


@torch.no_grad()
def follow(
    running_mean: Float[Tensor, "c"] | None,
    running_var: Float[Tensor, "c"] | None,
    mean: Float[Tensor, "c"],
    variance: Float[Tensor, "c"],
    count: int,
    momentum: float,
) -> None:
    """Move the running averages towards a batch's moments, in place.

    ``running += momentum (batch - running)``. The variance of a batch of ``n`` values falls short
    of that of the data by ``(n - 1) / n`` on average, so it is first divided by that.

    >>> mean, variance = torch.zeros(1), torch.ones(1)
    >>> follow(mean, variance, torch.ones(1), torch.ones(1), count=2, momentum=0.5)
    >>> mean.item(), variance.item()
    (0.5, 1.5)
    """
    if running_mean is not None:
        running_mean.lerp_(mean, momentum)
    if running_var is not None:
        running_var.lerp_(variance * count / (count - 1), momentum)


def affine(
    running_mean: Float[Tensor, "c"],
    running_var: Float[Tensor, "c"],
    weight: Float[Tensor, "c"] | None,
    bias: Float[Tensor, "c"] | None,
    eps: float,
) -> tuple[Float[Tensor, "c"], Float[Tensor, "c"]]:
    """Sum up a normalization by fixed moments as one scale and one shift a channel.

    ``scale = weight / sqrt(running_var + eps)`` and ``shift = bias - running_mean scale``.

    >>> scale, shift = affine(torch.ones(1), torch.tensor([4.0]), None, None, eps=0.0)
    >>> scale.item(), shift.item()
    (0.5, -0.5)
    """
    scale = (running_var + eps).rsqrt()
    if weight is not None:
        scale = scale * weight
    shift = -running_mean * scale
    return scale, shift if bias is None else shift + bias
