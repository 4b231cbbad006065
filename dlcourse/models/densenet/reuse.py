"""Reuse: how much each layer takes from each earlier one.

The first convolution of a dense layer has one slice of weights for each of the earlier maps. The
mean size of a slice says how much the layer could listen to that map. Whether it matters shows when
the slice is set to zero for a while.

Axes:   o channels that leave, i channels that enter
Paper:  Huang et al. 2017, "Densely connected convolutional networks", section 5 and figure 5
Torch:  none
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from jaxtyping import Float
from torch import Tensor

from .dense import DenseBlock

__all__ = ["feature_reuse", "mean_size_by_source", "silenced"]


def mean_size_by_source(
    weight: Float[Tensor, "o i *kernel"], widths: Sequence[int]
) -> Float[Tensor, "sources"]:
    """Average the sizes of a convolution's weights over each group of input channels.

    Args:
        weight: of the convolution.
        widths: channels of each source, in order; they add up to ``i``.

    >>> mean_size_by_source(torch.tensor([[1.0, -3.0, 5.0]]), [2, 1])
    tensor([2., 5.])
    """
    parts = weight.detach().abs().split(list(widths), dim=1)
    return torch.stack([part.mean() for part in parts])


def feature_reuse(block: DenseBlock) -> Float[Tensor, "layers sources"]:
    """Say for each layer how much it takes from the block's input and from each earlier layer.

    Returns:
        Mean sizes of weights, a row a layer, each row as shares of its largest; column 0 is the
        block's input and column n the n-th layer. NaN where a layer comes too late to be read.

    >>> feature_reuse(DenseBlock(2, in_channels=4, growth_rate=2)).shape
    torch.Size([2, 2])
    """
    shares = torch.full((len(block), len(block)), torch.nan)
    for row, layer in enumerate(block):
        sizes = mean_size_by_source(layer.bottleneck.conv.weight, _widths(block, row))
        shares[row, : row + 1] = sizes / sizes.max()
    return shares


@contextmanager
def silenced(block: DenseBlock, layer: int, source: int) -> Iterator[None]:
    """Let a layer read nothing from one source while a block of code runs.

    Args:
        block: whose weights are changed in place and then put back.
        layer: which layer reads, from 0 on.
        source: 0 for the block's input, n for the n-th layer.

    >>> block = DenseBlock(2, in_channels=4, growth_rate=2)
    >>> with silenced(block, layer=1, source=0):
    ...     feature_reuse(block)[1]
    tensor([0., 1.])
    """
    widths = _widths(block, layer)
    weight = block[layer].bottleneck.conv.weight.detach()  # shares the memory
    part = weight.narrow(1, sum(widths[:source]), widths[source])
    before = part.clone()
    part.zero_()
    try:
        yield
    finally:
        part.copy_(before)


def _widths(block: DenseBlock, layer: int) -> list[int]:
    """List the channels of the sources that a layer reads."""
    entering = block[0].bottleneck.conv.in_channels
    growth = block[layer].bottleneck.conv.in_channels - entering
    return [entering] + layer * [growth // max(layer, 1)]
