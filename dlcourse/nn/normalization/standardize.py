"""Standardize: give every channel mean 0 and variance 1, with the gradient written out.

All normalizations of this folder are this one step. They differ in what they lay out as a channel:
batch normalization takes the input as it is, the others fold samples and groups into that axis.

The mean and the variance depend on the input, so its gradient has three parts: straight through
the value, through the mean and through the variance. Summed up, each channel's gradient loses its
own mean and its own component along the standardized values.

Axes:   b samples, c channels, s places (all sides in one)
Paper:  Ioffe & Szegedy 2015, "Batch normalization: accelerating deep network training by reducing
        internal covariate shift"
Torch:  torch.native_batch_norm, with the variance in place of its inverse root
"""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.autograd import Function
from torch.autograd.function import FunctionCtx

__all__ = ["standardize"]


class _Standardize(Function):
    """``y = weight (x - mean) / sqrt(variance + eps) + bias``, and both moments.

    The moments are outputs rather than notes to self: then the backward pass, which is built of
    them, can itself be differentiated.
    """

    @staticmethod
    def forward(
        ctx: FunctionCtx, x: Tensor, weight: Tensor, bias: Tensor, eps: float
    ) -> tuple[Tensor, Tensor, Tensor]:
        count = x.shape[0] * x.shape[2]
        mean = x.mean(dim=(0, 2))
        y = x - mean[:, None]
        # Not torch.var, which updates value by value and takes many times as long.
        norms = torch.linalg.vector_norm(y, dim=2)  # b c
        variance = norms.square().sum(dim=0) / count
        scale = weight * (variance + eps).rsqrt()
        y.mul_(scale[:, None]).add_(bias[:, None])
        ctx.save_for_backward(x, weight, mean, variance)
        ctx.eps = eps
        return y, mean, variance

    @staticmethod
    def backward(
        ctx: FunctionCtx, dy: Tensor, dmean: Tensor, dvariance: Tensor
    ) -> tuple[Tensor | None, ...]:
        x, weight, mean, variance = ctx.saved_tensors
        count = x.shape[0] * x.shape[2]
        inverse = (variance + ctx.eps).rsqrt()
        centred = x - mean[:, None]
        dbias = dy.sum(dim=(0, 2))
        dweight = (dy * centred).sum(dim=(0, 2)) * inverse
        scale = weight * inverse
        along = (2 * dvariance - scale * inverse * dweight) / count
        across = (dmean - scale * dbias) / count
        dx = (dy * scale[:, None]).add_(across[:, None])
        dx.addcmul_(centred, along[:, None])
        return dx, dweight, dbias, None


def standardize(
    x: Float[Tensor, "b c s"],
    weight: Float[Tensor, "c"] | None = None,
    bias: Float[Tensor, "c"] | None = None,
    eps: float = 1e-5,
) -> tuple[Float[Tensor, "b c s"], Float[Tensor, "c"], Float[Tensor, "c"]]:
    """Centre and scale each channel by its own moments, then scale and shift it as learned.

    ``y = weight (x - mean) / sqrt(variance + eps) + bias``, where ``mean`` and ``variance`` are
    taken over samples and places; the variance divides by their number.

    Returns:
        ``y``, the mean and the variance.

    >>> y, mean, variance = standardize(torch.tensor([[[1.0, 3.0, 3.0, 1.0]]]), eps=0.0)
    >>> y.tolist(), mean.item(), variance.item()
    ([[[-1.0, 1.0, 1.0, -1.0]]], 2.0, 1.0)
    """
    channels = x.shape[1]
    weight = x.new_ones(channels) if weight is None else weight
    bias = x.new_zeros(channels) if bias is None else bias
    return _Standardize.apply(x, weight, bias, eps)
