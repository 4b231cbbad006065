"""Shortcuts: the path on which a block's input passes its layers by.

Where the block keeps the shape, the path is empty and the input is added as it is. Where the image
shrinks and the channels grow, input and output no longer fit, and the paper has two answers. Option
A drops pixels and adds channels of zeros, which costs nothing; option B learns a convolution of
1x1.

Axes:   b images, i and o channels that enter and leave, h w and oh ow sides
Paper:  He, Zhang, Ren & Sun 2016, "Deep residual learning for image recognition", section 3.3
Torch:  the ``downsample`` of torchvision.models.resnet is option B
"""

from collections.abc import Callable

from jaxtyping import Float
from torch import Tensor, nn
from torch.nn.functional import pad

from dlcourse.models._convolution import conv_norm_activation

__all__ = ["Shortcut", "ZeroPadded", "projected", "unnormalized", "zero_padded"]

Shortcut = Callable[[int, int, int], nn.Module]
"""Makes the path past a block for channels that enter, channels that leave, and a stride."""


class ZeroPadded(nn.Module):
    """Option A: keep every ``stride``-th pixel and add ``channels`` maps of zeros after the others.

    >>> x = torch.tensor([[[[1.0, 2.0], [3.0, 4.0]]]])
    >>> ZeroPadded(1, stride=2)(x).tolist()
    [[[[1.0]], [[0.0]]]]
    """

    def __init__(self, channels: int, stride: int) -> None:
        super().__init__()
        self.channels, self.stride = channels, stride

    def extra_repr(self) -> str:
        """Name the settings."""
        return f"channels={self.channels}, stride={self.stride}"

    def forward(self, x: Float[Tensor, "b i h w"]) -> Float[Tensor, "b o oh ow"]:
        """Drop pixels, then pad the axis of the channels."""
        kept = x[..., :: self.stride, :: self.stride]
        return pad(kept, (0, 0, 0, 0, 0, self.channels))


def zero_padded(in_channels: int, out_channels: int, stride: int) -> nn.Module:
    """Make option A's shortcut, which has no parameters.

    Raises:
        ValueError: if channels would have to be taken away.

    >>> zero_padded(16, 16, stride=1), zero_padded(16, 32, stride=2)
    (Identity(), ZeroPadded(channels=16, stride=2))
    """
    if out_channels < in_channels:
        raise ValueError(
            f"option A can only add channels, and {in_channels} would become {out_channels}; "
            "use option B, projected"
        )
    if stride == 1 and in_channels == out_channels:
        return nn.Identity()
    return ZeroPadded(out_channels - in_channels, stride)


def projected(in_channels: int, out_channels: int, stride: int) -> nn.Module:
    """Make option B's shortcut: a normalized 1x1 convolution, where the shape changes.

    >>> projected(64, 64, stride=1)
    Identity()
    >>> sum(p.numel() for p in projected(64, 128, stride=2).parameters())  # 64 128 + 2 128
    8448
    """
    if stride == 1 and in_channels == out_channels:
        return nn.Identity()
    return conv_norm_activation(in_channels, out_channels, 1, stride, activation=None)


def unnormalized(in_channels: int, out_channels: int, stride: int) -> nn.Module:
    """Make option B's shortcut without normalization, for blocks whose input is normalized.

    >>> sum(p.numel() for p in unnormalized(64, 128, stride=2).parameters())
    8192
    """
    if stride == 1 and in_channels == out_channels:
        return nn.Identity()
    return nn.Conv2d(in_channels, out_channels, 1, stride, bias=False)
