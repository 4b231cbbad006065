"""Convolution, normalization, activation: the three layers that most networks repeat.

Since 2015 the three come together so often that drawing each block of a network by its triples is
clearer than drawing it by its layers. The normalization shifts, so the convolution has no bias.

Axes:   b images, i and o channels that enter and leave, h w and oh ow sides
Paper:  Ioffe & Szegedy 2015, "Batch normalization: accelerating deep network training by reducing
        internal covariate shift"
Torch:  torchvision.ops.Conv2dNormActivation
"""

from collections import OrderedDict
from collections.abc import Callable

from torch import nn

__all__ = ["conv_norm_activation"]


def conv_norm_activation(
    in_channels: int,
    out_channels: int,
    kernel_size: int | tuple[int, int] = 3,
    stride: int = 1,
    padding: int | tuple[int, int] | None = None,
    groups: int = 1,
    *,
    norm: Callable[[int], nn.Module] = nn.BatchNorm2d,
    activation: Callable[[], nn.Module] | None = nn.ReLU,
) -> nn.Sequential:
    """Stack a convolution without bias, a normalization and an activation.

    Args:
        in_channels: channels that enter.
        out_channels: channels that leave.
        kernel_size: height and width of the kernel, or one number for both.
        stride: cells from one window to the next.
        padding: cells of zeros on each side; without one, so many that stride 1 keeps the size of
            the image (for odd kernels).
        groups: parts the channels are divided into.
        norm: makes the normalization for a number of channels.
        activation: makes the activation; None for a linear layer.

    >>> [name for name, _ in conv_norm_activation(3, 8).named_children()]
    ['conv', 'norm', 'activation']
    """
    if padding is None:
        padding = _keeping(kernel_size)
    layers = OrderedDict(
        conv=nn.Conv2d(
            *(in_channels, out_channels, kernel_size, stride, padding),
            groups=groups,
            bias=False,
        ),
        norm=norm(out_channels),
    )
    if activation is not None:
        layers["activation"] = activation()
    return nn.Sequential(layers)


def _keeping(kernel_size: int | tuple[int, int]) -> int | tuple[int, int]:
    """Pad half a kernel, rounded down."""
    if isinstance(kernel_size, int):
        return kernel_size // 2
    height, width = kernel_size
    return height // 2, width // 2
