"""Pieces: run an inverted residual without ever holding all that is wide in it.

Between its two 1x1 convolutions every channel stays by itself, so the block is a sum: one part of
the wide channels after the other can be expanded, looked at, projected and forgotten. What has to
be in memory is narrow, and one part of what is wide.

Axes:   b images, i and o channels in and out, h w and oh ow sides
Paper:  Sandler, Howard, Zhu, Zhmoginov & Chen 2018, "MobileNetV2: inverted residuals and linear
        bottlenecks", section 5.1
Torch:  none
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import batch_norm, conv2d

from .inverted import InvertedResidual

__all__ = ["in_pieces"]


@torch.no_grad()
def in_pieces(
    block: InvertedResidual, x: Float[Tensor, "b i h w"], pieces: int
) -> Float[Tensor, "b o oh ow"]:
    """Compute what ``block`` computes in evaluation mode, a part of its wide channels at a time.

    Args:
        block: with an expansion.
        x: its input.
        pieces: parts to cut the wide channels into.

    Raises:
        ValueError: if there are not between 1 and as many pieces as wide channels.

    >>> block, x = InvertedResidual(3, 3).eval(), torch.rand(1, 3, 4, 4)
    >>> torch.allclose(in_pieces(block, x, pieces=6), block(x), atol=1e-6)
    True
    """
    expand, depthwise, project = block.body
    wide = expand.conv.out_channels
    if not 1 <= pieces <= wide:
        raise ValueError(f"pieces ({pieces}) must be between 1 and the {wide} channels")
    total = 0
    for part in torch.arange(wide).chunk(pieces):
        y = _part(expand, x, part, groups=1)
        y = _part(depthwise, y, part, groups=len(part))
        total = total + conv2d(y, project.conv.weight[:, part])
    y = project[1:](total)
    return x + y if block.shortcut else y


def _part(layer: nn.Sequential, x: Tensor, part: Tensor, groups: int) -> Tensor:
    """Compute some of a layer's channels, normalized and activated."""
    conv, norm = layer.conv, layer.norm
    y = conv2d(
        x, conv.weight[part], None, conv.stride, conv.padding, conv.dilation, groups
    )
    mean, variance = norm.running_mean[part], norm.running_var[part]
    y = batch_norm(y, mean, variance, norm.weight[part], norm.bias[part], eps=norm.eps)
    return layer.activation(y)
