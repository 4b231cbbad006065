"""Dense: a layer that reads everything before it, and the block that hands it everything.

Layer l of a block computes ``x_l = H(x_0, x_1, ..., x_{l-1})`` from the concatenation of all maps
so far and gives k channels, the growth rate. H normalizes, cuts at zero and convolves, in that
order: what is concatenated once is read many times, and every reader scales it in its own way.

A layer far up reads hundreds of channels. With a bottleneck, a 1x1 convolution first makes 4k of
them.

Axes:   b images, c channels that enter, o channels that leave, h w sides, which stay
Paper:  Huang et al. 2017, "Densely connected convolutional networks"
Torch:  torchvision.models.densenet
"""

from collections import OrderedDict
from functools import partial

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from dlcourse.axes import Images

__all__ = ["DenseBlock", "DenseLayer", "norm_relu_conv"]

Answer = Float[Tensor, "b o h w"]
Earlier = Float[Tensor, "b _ h w"]
"""One of the maps before, each with a number of channels of its own."""


def norm_relu_conv(
    in_channels: int, out_channels: int, kernel_size: int
) -> nn.Sequential:
    """Normalize, cut at zero, convolve, and keep the size.

    >>> [name for name, _ in norm_relu_conv(4, 8, 3).named_children()]
    ['norm', 'activation', 'conv']
    """
    layers = OrderedDict(
        norm=nn.BatchNorm2d(in_channels),
        activation=nn.ReLU(inplace=True),
        conv=nn.Conv2d(
            *(in_channels, out_channels, kernel_size),
            padding=kernel_size // 2,
            bias=False,
        ),
    )
    return nn.Sequential(layers)


class DenseLayer(nn.Module):
    """Make ``growth_rate`` new channels from all earlier ones.

    Args:
        in_channels: channels of all earlier maps together.
        growth_rate: channels that the layer adds.
        bn_size: width of the bottleneck in growth rates; 0 for none.
        drop_rate: share of the new numbers that training drops.
        memory_efficient: whether the concatenation is made again for the backward pass instead of
            kept. The first normalization then sees each batch twice, and its running statistics
            move twice as far.

    >>> with torch.device("meta"):
    ...     DenseLayer(64, 32)([torch.empty(1, 64, 8, 8)]).shape
    torch.Size([1, 32, 8, 8])
    """

    def __init__(
        self,
        in_channels: int,
        growth_rate: int,
        bn_size: int = 4,
        drop_rate: float = 0.0,
        memory_efficient: bool = False,
    ) -> None:
        super().__init__()
        width = bn_size * growth_rate
        if bn_size:
            self.bottleneck = norm_relu_conv(in_channels, width, 1)
            self.answer = norm_relu_conv(width, growth_rate, 3)
        else:
            self.bottleneck = norm_relu_conv(in_channels, growth_rate, 3)
            self.answer = nn.Identity()
        self.dropout = nn.Dropout(drop_rate) if drop_rate else nn.Identity()
        self.memory_efficient = memory_efficient

    def forward(self, earlier: list[Earlier]) -> Answer:
        """Read all earlier maps."""
        if self.memory_efficient and torch.is_grad_enabled():
            first = checkpoint(self._read, *earlier, use_reentrant=False)
        else:
            first = self._read(*earlier)
        return self.dropout(self.answer(first))

    def _read(self, *earlier: Earlier) -> Answer:
        """Concatenate, and take the first convolution, which needs it all."""
        return self.bottleneck(torch.cat(earlier, dim=1))


class DenseBlock(nn.Sequential):
    """A number of dense layers, each given the block's input and all answers before its own.

    Args:
        num_layers: layers.
        in_channels: channels that enter.
        growth_rate: channels that each layer adds.
        bn_size: width of the bottleneck in growth rates; 0 for none.
        drop_rate: share of the new numbers that training drops.
        memory_efficient: see :class:`DenseLayer`.

    >>> with torch.device("meta"):
    ...     DenseBlock(6, 64, 32)(torch.empty(1, 64, 8, 8)).shape  # 64 + 6 x 32
    torch.Size([1, 256, 8, 8])
    """

    def __init__(
        self,
        num_layers: int,
        in_channels: int,
        growth_rate: int,
        bn_size: int = 4,
        drop_rate: float = 0.0,
        memory_efficient: bool = False,
    ) -> None:
        layer = partial(
            DenseLayer,
            growth_rate=growth_rate,
            bn_size=bn_size,
            drop_rate=drop_rate,
            memory_efficient=memory_efficient,
        )
        entering = (in_channels + n * growth_rate for n in range(num_layers))
        super().__init__(*(layer(channels) for channels in entering))

    def forward(self, x: Images) -> Answer:
        """Append the answer of each layer to what there is."""
        maps = [x]
        for layer in self:
            maps.append(layer(maps))
        return torch.cat(maps, dim=1)
