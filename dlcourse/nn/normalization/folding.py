"""Folding: a trained batch normalization absorbed by the convolution before it.

With its averages fixed, normalization is one scale and one shift a channel, and a convolution ends
in a sum and a shift. So the two are one convolution with other numbers: the same outputs, one pass
over the feature maps less.

Axes:   o channels out, i channels in, kh kw kernel
Paper:  Jacob et al. 2018, "Quantization and training of neural networks for efficient
        integer-arithmetic-only inference"
Torch:  torch.nn.utils.fusion.fuse_conv_bn_eval
"""

from copy import deepcopy

import torch
from torch import nn

from .refusals import refuse_no_averages, refuse_sizes
from .running import affine

__all__ = ["fold_batch_norm"]


def fold_batch_norm(conv: nn.Module, bn: nn.Module) -> nn.Module:
    """Make the one convolution that equals ``bn(conv(x))`` in evaluation.

    With ``scale`` and ``shift`` of :func:`~dlcourse.nn.normalization.running.affine`,
    ``weight' = scale weight`` for each output channel and ``bias' = scale bias + shift``.

    Args:
        conv: a convolution of dlcourse or of torch; it is copied, not changed.
        bn: the batch normalization after it, in evaluation mode.

    Raises:
        ValueError: if ``bn`` is in training mode, where its moments are still to come, keeps no
            averages, or has not as many channels as the convolution puts out.

    >>> conv, bn = torch.nn.Conv2d(1, 1, 1), torch.nn.BatchNorm2d(1, eps=0.0).eval()
    >>> bn.running_var.fill_(4.0).item()
    4.0
    >>> folded = fold_batch_norm(conv, bn)
    >>> bool(folded.weight == conv.weight / 2)
    True
    """
    if bn.training:
        raise ValueError(
            "bn is in training mode, where each batch is its own measure; call bn.eval()"
        )
    refuse_no_averages(bn.running_mean, bn.running_var)
    refuse_sizes(conv.weight.shape[0], running_mean=bn.running_mean)
    averages = bn.running_mean, bn.running_var
    with torch.no_grad():
        scale, shift = affine(*averages, bn.weight, bn.bias, bn.eps)
        weight = conv.weight * scale[:, None, None, None]
        bias = shift if conv.bias is None else conv.bias * scale + shift
    folded = deepcopy(conv)
    folded.weight, folded.bias = nn.Parameter(weight), nn.Parameter(bias)
    return folded
